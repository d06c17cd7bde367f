//! Which pages take turns on a wall, and for how long: a form that makes the wall's address.

use app::components::WordsPage;
use leptos::prelude::*;
use services::catalog::Catalog;

/// The pages of the whole plant: addresses, titles, what is on them.
const PAGES: [(&str, &str, &str); 3] = [
    ("/", "Fleet", "the eight most urgent assets, as tiles"),
    ("/?view=plan", "Plan", "where all assets stand, and how they are"),
    ("/kpis", "KPIs", "availability, costs and what needs attention"),
];
/// How long a page is shown: in the address, and in words.
const SPANS: [(&str, &str); 6] = [
    ("10s", "10 seconds"),
    ("20s", "20 seconds"),
    ("30s", "30 seconds"),
    ("1min", "1 minute"),
    ("2min", "2 minutes"),
    ("5min", "5 minutes"),
];
const USUAL_SPAN: &str = "20s";
/// Links that can be added at once; a wall that shows them offers as many again.
const MORE: usize = 3;

/// The form, with what `asked` says already: the names and values of an address.
pub fn content(catalog: &Catalog, asked: &[(String, String)]) -> String {
    let said = |wanted: &'static str| asked.iter().filter(move |(name, value)| name == wanted && !value.is_empty());
    let pages: Vec<String> = said("page").map(|(_, value)| value.clone()).collect();
    let every = said("every").next_back().map_or(USUAL_SPAN.to_string(), |(_, value)| value.clone());
    let choice = |address: String, title: &str, about: String, is_usual: bool| {
        let is_checked = pages.contains(&address) || (is_usual && pages.is_empty());
        let title = title.to_string();
        view! {
            <label class="words-page__check">
                <input type="checkbox" name="page" value=address checked=is_checked />
                <span>{title} " " <small>{about}</small></span>
            </label>
        }
        .into_any()
    };
    let of_plant: Vec<AnyView> =
        PAGES.iter().map(|(address, title, about)| choice((*address).into(), title, (*about).into(), true)).collect();
    let of_assets: Vec<AnyView> = catalog
        .assets()
        .iter()
        .map(|asset| choice(format!("/assets/{}", asset.id), &asset.title, asset.path.replace('/', " / "), false))
        .collect();
    let is_known = |page: &&String| {
        let id = page.strip_prefix("/assets/").unwrap_or_default();
        PAGES.iter().any(|(address, ..)| address == page) || catalog.number(id).is_some()
    };
    let others: Vec<String> = pages.iter().filter(|page| !is_known(page)).cloned().collect();
    let links =
        others.into_iter().chain(std::iter::repeat_n(String::new(), MORE)).enumerate().map(|(number, value)| {
            view! {
                <input
                    type="text"
                    name="page"
                    value=value
                    aria-label=format!("Link {}", number + 1)
                    placeholder="/trends?lanes=\u{2026}"
                    autocomplete="off"
                />
            }
        });
    let is_open = pages.iter().any(|page| page.starts_with("/assets/"));
    let option = |(value, title): (&'static str, &'static str)| {
        let is_chosen = value == every;
        view! { <option value=value selected=is_chosen>{title}</option> }.into_any()
    };
    let spans: Vec<AnyView> = SPANS.map(option).into();
    view! {
        <WordsPage title="Show on a wall">
            <p>
                "Pages take turns on a screen that nobody touches. What is abnormal stands above all of them; an asset that becomes \
                 abnormal is shown at once, and as long as one is, every second turn is one of theirs."
            </p>
            <form class="words-page__form" action="/wall">
                <fieldset>
                    <legend>"The whole plant"</legend>
                    {of_plant}
                </fieldset>
                <details open=is_open>
                    <summary>"Single assets"</summary>
                    <fieldset class="words-page__columns">
                        <legend class="visually-hidden">"Assets"</legend>
                        {of_assets}
                    </fieldset>
                </details>
                <fieldset>
                    <legend>"Links to other views"</legend>
                    <p>
                        "Trends with their quantities, KPIs of a site or a month, an asset with a quantity of your choice: open the page, \
                         copy its address, put it here."
                    </p>
                    {links.collect_view()}
                </fieldset>
                <p class="words-page__line">
                    <label for="every">"Each page for"</label>
                    <select id="every" name="every">{spans}</select>
                    <button class="button">"Show on a wall"</button>
                </p>
            </form>
        </WordsPage>
    }
    .to_html()
}
