//! What was searched for: as a page, and as the list below the header's field.

use app::components::WordsPage;
use leptos::prelude::*;
use services::{
    catalog::Catalog,
    search::{self, Hit},
};

/// More would not be read in a list that drops down.
const OPTIONS: usize = 8;
/// More on a page says that the words were too few.
const SHOWN: usize = 100;

/// The pages that can be searched for: where they are, their titles, and words that they are known by.
const PAGES: [(&str, &str, &str); 10] = [
    ("/", "Fleet", "all assets overview home plant"),
    ("/trends", "Trends", "compare charts lanes signals quantities together overlay"),
    ("/kpis", "KPIs", "availability downtime cost performance indicators executive"),
    ("/data", "Data", "quality quarantine refused rejections contracts sources lineage store export"),
    ("/history", "History", "past time range chart csv export measured"),
    ("/wall/pages", "Show on a wall", "kiosk screen television monitor rotation full control room"),
    ("/help", "Help", "keyboard shortcuts keys guide"),
    ("/about", "About", "version kernel licence commit"),
    ("/about/licences", "Licences", "open source crates"),
    ("/api", "API", "openapi http json machines"),
];
/// Those of them that the program in the browser shows.
const OF_THE_PROGRAM: [&str; 3] = ["/", "/trends", "/data"];

struct Found {
    href: String,
    title: String,
    place: String,
    kind: &'static str,
}

/// The page of results.
pub fn content(catalog: &Catalog, words: &str) -> String {
    let (found, words) = (found(catalog, words), words.to_string());
    let count = found.len();
    let said = match (words.trim().is_empty(), count) {
        (true, _) => "Assets by title, id or place; signals by name; pages by what they are about.".to_string(),
        (_, 0) => "Nothing fits to all of these words. Fewer or shorter ones find more.".to_string(),
        (_, 1) => "1 found.".to_string(),
        (_, n) if n > SHOWN => format!("{n} found, the best {SHOWN} shown."),
        (_, n) => format!("{n} found."),
    };
    let item = |found: Found| {
        view! {
            <li>
                <a href=found.href>{found.title}</a>
                <span class="words-page__kind">{found.kind}</span>
                <span class="words-page__place">{found.place}</span>
            </li>
        }
    };
    let list = (count > 0).then(|| {
        view! { <ol class="words-page__found">{found.into_iter().take(SHOWN).map(item).collect_view()}</ol> }
    });
    view! {
        <WordsPage title="Search">
            <form class="words-page__search" role="search" aria-label="This page" action="/search">
                <input type="search" name="q" value=words aria-label="Words" autofocus />
                <button class="button">"Search"</button>
            </form>
            <p role="status">{said}</p>
            {list}
        </WordsPage>
    }
    .to_html()
}

/// The options of the combobox.
pub fn options(catalog: &Catalog, words: &str) -> String {
    let option = |(number, found): (usize, Found)| {
        let rel = if is_of_the_program(&found.href) { "" } else { "external" };
        view! {
            <li role="option" id=format!("found-{number}") aria-selected="false" data-href=found.href data-rel=rel>
                <span>{found.title}</span>
                <small>{format!("{} \u{b7} {}", found.kind, found.place)}</small>
            </li>
        }
        .to_html()
    };
    found(catalog, words).into_iter().take(OPTIONS).enumerate().map(option).collect()
}

fn found(catalog: &Catalog, words: &str) -> Vec<Found> {
    let pages =
        PAGES.iter().filter(|(_, title, about)| search::fits(words, &[title, "", about])).map(|(href, title, _)| {
            Found { href: (*href).into(), title: (*title).into(), place: (*href).into(), kind: "Page" }
        });
    pages.chain(search::find(catalog, words).into_iter().map(of_hit)).collect()
}

fn of_hit(hit: Hit) -> Found {
    let (href, kind) = match &hit.quantity {
        Some(quantity) => (format!("/assets/{}?show={quantity}", hit.asset), "Signal"),
        None => (format!("/assets/{}", hit.asset), "Asset"),
    };
    Found { href, title: hit.title, place: hit.place, kind }
}

fn is_of_the_program(href: &str) -> bool {
    href.starts_with("/assets/") || OF_THE_PROGRAM.contains(&href)
}
