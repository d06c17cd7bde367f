//! Every component in every state, for whoever designs them; in builds for debugging only.

mod figures;
mod sheets;
mod stage;

use app::{
    components::{
        AssetBadges, AssetTile, BandBar, EventList, Histogram, LinkNote, MembersNote, OutcomeTable, PlotLegend,
        PlotTable, ScenarioForm, SliderZones, Specimen, StateBadge, StretchTools, Tornado, TrendPlot, ValueTile,
        VerifiedBadge, WordsPage, ZonesNote, said_of,
    },
    live::{
        Live,
        lab::Lab,
        link::LinkStatus,
        stretch::{Shown, Stretch, View},
        zones::outline,
    },
    plot::trend::Detail,
};
use leptos::prelude::*;
use twin::{Span, Timestamp, id::AssetId};

use stage::{NOW, State};

const TOKENS: &str = include_str!("../../../../style/tokens.css");

pub fn content() -> String {
    Owner::new().with(|| {
        let live = stage::live();
        view! {
            <WordsPage title="Design">
                <p>"Every component in every state, made by the same code as on the pages. Nothing moves here, and charts stay empty: they are painted by the program in the browser."</p>
                {tokens()}
                {basics()}
                {link()}
                {assets(live)}
                {what_if(live)}
                {figures::all()}
                {sheets::all()}
            </WordsPage>
        }
        .to_html()
    })
}

fn specimen(name: &'static str, states: Vec<(&'static str, AnyView)>) -> AnyView {
    view! { <Specimen name states /> }.into_any()
}

/// Every colour that means something, and every size of type.
fn tokens() -> AnyView {
    let mut names: Vec<&str> =
        TOKENS.lines().filter_map(|line| line.trim().split_once(':')).map(|(name, _)| name).collect();
    names.retain(|name| name.starts_with("--color-") || name.starts_with("--plot-"));
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(*name);
            true
        }
    });
    let swatch = |name: &str| {
        view! {
            <li>
                <svg class="specimen__swatch" viewBox="0 0 48 24" aria-hidden="true">
                    <rect width="48" height="24" rx="4" fill=format!("var({name})") />
                </svg>
                <code>{name.to_string()}</code>
            </li>
        }
    };
    let swatches = names.into_iter().map(swatch).collect_view();
    view! {
        <section>
            <h2>"Colours"</h2>
            <ul class="specimen__swatches">{swatches}</ul>
        </section>
        <section>
            <h2>"Type"</h2>
            <div class="specimen__type">
                <p class="specimen__type-value">"126.2 \u{b0}C"</p>
                <p class="specimen__type-title">"Transformer under test"</p>
                <p class="specimen__type-large">"Hot-spot temperature"</p>
                <p>"Body: hot-spot temperature is 80.1 \u{b0}C as measured."</p>
                <p class="words-page__kind">"Small: measured 2 min 47 s ago"</p>
            </div>
        </section>
    }
    .into_any()
}

fn basics() -> AnyView {
    let notice = |text: &'static str| view! { <p class="notice" role="status">{text}</p> }.into_any();
    let refused = "You may not see this: the server asks for a name that it knows.";
    specimen(
        "Basics",
        vec![
            ("button", view! { <button class="button">"Keep to compare"</button> }.into_any()),
            ("button, cannot be pressed", view! { <button class="button" disabled>"Keep to compare"</button> }.into_any()),
            ("quiet button", view! { <button class="button button--quiet">"Reset"</button> }.into_any()),
            ("key", view! { <p><kbd>"g"</kbd> " " <kbd>"f"</kbd></p> }.into_any()),
            ("loading", notice("Loading the plant\u{2026}")),
            ("empty", view! { <section class="notice"><h3>"No assets yet"</h3><p>"The plant file names the assets."</p></section> }.into_any()),
            ("error", view! { <section class="notice notice--trouble"><h3>"This page cannot be shown"</h3><p>"The server could not be reached."</p><button class="button">"Load again"</button></section> }.into_any()),
            ("forbidden", view! { <section class="notice notice--trouble"><h3>"Not for you"</h3><p>{refused}</p></section> }.into_any()),
            ("opened to be read", view! { <details class="fold" open><summary>"As a table"</summary><table><tbody><tr><th scope="row">"Now"</th><td>"80.1"</td></tr></tbody></table></details> }.into_any()),
        ],
    )
}

fn link() -> AnyView {
    let states = [
        ("connecting", LinkStatus::Connecting),
        ("live", LinkStatus::Live),
        ("delayed", LinkStatus::Delayed { since: 0 }),
        ("stale", LinkStatus::Stale { since: 0 }),
        ("lost", LinkStatus::Reconnecting { attempt: 3, retry_at: 0, since: Some(0) }),
        ("outdated", LinkStatus::Outdated),
        ("replay", LinkStatus::Replay),
    ];
    let mut shown: Vec<(&'static str, AnyView)> = states.map(|(name, status)| (name, badge_and_note(status))).into();
    let refused = stage::live();
    refused.refusal.set(Some("so many assets are not streamed to one page".into()));
    shown.push(("refused", view! { <LinkNote live=refused /> }.into_any()));
    let kept = stage::live();
    kept.link.set(LinkStatus::Connecting);
    kept.kept_at_micros.set(NOW.0 as u64);
    shown.push(("offline", view! { <LinkNote live=kept /> }.into_any()));
    specimen("Link", shown)
}

fn badge_and_note(status: LinkStatus) -> AnyView {
    let live = stage::live();
    live.link.set(status);
    let (said, class) = said_of(status);
    view! {
        <p class=class>
            <span class="link-status__shape" aria-hidden="true"></span>
            {said}
        </p>
        <LinkNote live />
    }
    .into_any()
}

fn assets(live: Live) -> AnyView {
    let each = |show: fn(Live, AssetId) -> AnyView| {
        State::ALL.map(|state| (state.name(), show(live, state.asset_id()))).to_vec_of_views()
    };
    view! {
        {specimen("Asset tile", each(|live, asset_id| view! { <AssetTile live asset_id /> }.into_any()))}
        {specimen("State badge", each(|live, asset_id| view! { <StateBadge live asset_id /> }.into_any()))}
        {specimen("Verified badge", each(|live, asset_id| view! { <VerifiedBadge live asset_id /> }.into_any()))}
        {specimen("Asset badges", each(|live, asset_id| view! { <AssetBadges live asset_id /> }.into_any()))}
        {specimen("Value tile", each(|live, asset_id| {
            let quantity = headline(live, &asset_id);
            let shown = Signal::stored(if asset_id == State::Learning.asset_id() { quantity } else { 0 });
            let on_choose = Callback::new(|_: usize| ());
            view! { <ValueTile live asset_id quantity shown on_choose /> }.into_any()
        }))}
        {specimen("Band bar", each(|live, asset_id| {
            let quantity = headline(live, &asset_id);
            view! { <BandBar live asset_id quantity /> }.into_any()
        }))}
        {specimen("Trend plot", each(|live, asset_id| {
            let quantity = Signal::stored(headline(live, &asset_id));
            let summary = Signal::stored("What the chart shows, in one sentence.".to_string());
            view! { <TrendPlot live asset_id quantity detail=Detail::Full summary /> }.into_any()
        }))}
        {specimen("Time shown", vec![
            ("now", stretch_tools(live, View::Around, false)),
            ("until now", stretch_tools(live, View::Last(Span::DAY), false)),
            ("held, with history on its way", stretch_tools(live, View::Held(Stretch::new(NOW - Span::HOUR, NOW)), true)),
        ])}
        {specimen("Events", each(|live, asset_id| view! { <EventList live asset_id /> }.into_any()))}
    }
    .into_any()
}

trait ToVecOfViews {
    fn to_vec_of_views(self) -> Vec<(&'static str, AnyView)>;
}

impl<const N: usize> ToVecOfViews for [(&'static str, AnyView); N] {
    fn to_vec_of_views(self) -> Vec<(&'static str, AnyView)> {
        self.into_iter().collect()
    }
}

fn stretch_tools(live: Live, view: View, busy: bool) -> AnyView {
    let asset_id = State::Learning.asset_id();
    view! { <StretchTools live asset_id shown=Shown::new(view) busy=RwSignal::new(u32::from(busy)) /> }.into_any()
}

fn what_if(live: Live) -> AnyView {
    let asset_id = State::Learning.asset_id();
    let states = [
        ("at rest", &[][..]),
        ("simulated", &[("load", "1.3")][..]),
        ("one kept, another simulated", &[("load", "1.3"), ("keep-a", "cooling:1.5")][..]),
    ];
    let lab = |said: &'static [(&'static str, &'static str)]| {
        Lab::new(live, State::Learning.asset_id(), move |name| {
            said.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string())
        })
    };
    let form = |(name, said)| (name, view! { <ScenarioForm lab=lab(said) /> }.into_any());
    let legend = |simulated: bool, kept: &[char]| {
        let kept = Signal::stored(kept.to_vec());
        let (is_measured, is_limited) = (Signal::stored(true), Signal::stored(true));
        view! { <PlotLegend is_measured is_simulated=Signal::stored(simulated) is_limited kept shown=Shown::new(View::Around) /> }.into_any()
    };
    let outcomes = |state: State| {
        view! { <OutcomeTable live asset_id=state.asset_id() kept=Signal::stored(Vec::new()) /> }.into_any()
    };
    let spread = |state: State| {
        let shown = Signal::stored(headline(live, &state.asset_id()));
        view! { <Histogram live asset_id=state.asset_id() shown /> }.into_any()
    };
    let quantity = Signal::stored(headline(live, &asset_id));
    let kept = Signal::stored(Vec::new());
    let (of_table, of_tornado, of_note) = (asset_id.clone(), asset_id.clone(), asset_id);
    view! {
        {specimen("What if", states.map(form).to_vec_of_views())}
        {zones()}
        {specimen("Legend", vec![("as it is", legend(false, &[])), ("simulated", legend(true, &[])), ("compared", legend(true, &['A', 'B']))])}
        {specimen("Histogram", vec![("empty", spread(State::Empty)), ("as it is", spread(State::Learning)), ("near", spread(State::Abnormal))])}
        {specimen("Outcomes", vec![("empty", outcomes(State::Empty)), ("as it is", outcomes(State::Learning)), ("near", outcomes(State::Abnormal))])}
        {specimen("Behind a line to open", vec![
            ("chart as a table", view! { <PlotTable live asset_id=of_table quantity kept shown=Shown::new(View::Around) flags=Signal::stored(Vec::new()) /> }.into_any()),
            ("what moves it most", view! { <Tornado live asset_id=of_tornado lab=lab(&[]) shown=quantity /> }.into_any()),
            ("members", view! { <MembersNote live asset_id=of_note lab=lab(&[]) /> }.into_any()),
        ])}
    }
    .into_any()
}

fn zones() -> AnyView {
    let hot = "Hot spot above 120 \u{b0}C within 1\u{a0}d";
    let (upper, all) = (0.75..1.0, 0.0..1.0);
    let states = [
        ("all is well", vec![], vec![], String::new(), false),
        ("possible", vec![0.8..1.0], vec![], format!("From 1.38: {hot}, up to 20\u{a0}% likely"), false),
        ("likely", vec![0.6..1.0], vec![upper.clone()], format!("From 1.33: {hot}, likely"), false),
        ("everywhere", vec![all.clone()], vec![all], format!("Everywhere: {hot}, likely"), false),
        (
            "at both ends",
            vec![0.0..0.3, 0.8..1.0],
            vec![0.0..0.1, 0.9..1.0],
            format!("Up to 0.61: {hot}, likely; From 1.49: {hot}, likely"),
            false,
        ),
        ("of before", vec![0.6..1.0], vec![upper], format!("From 1.33: {hot}, likely"), true),
    ];
    let show = |(name, possible, likely, note, is_old): (&'static str, Vec<_>, Vec<_>, String, bool)| {
        let [possible, likely] = [possible, likely].map(|ranges| Signal::stored(outline(&ranges)));
        let id = format!("zones-{}", name.replace(' ', "-"));
        let strip = view! {
            <SliderZones name=id.clone() likely possible is_old=Signal::stored(is_old) />
            <ZonesNote id note=Signal::stored(note) />
        };
        (name, strip.into_any())
    };
    specimen("Zones of a slider", states.map(show).to_vec_of_views())
}

fn headline(live: Live, asset_id: &AssetId) -> usize {
    live.read(asset_id, |asset, _: Timestamp| asset.model.headline).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_state_is_on_the_page() {
        let page = super::content();
        for said in [
            "Normal",
            "still learning",
            "Failure for 5 min",
            "Stale",
            "Ended",
            "No data yet",
            "above normal",
            "Twin verified over",
            "Twin differs at seq",
            "not verified",
            "simulated",
            "Offline since",
            "Reconnecting, attempt 3",
            "Page out of date",
            "refused a request",
            "Back to as it is",
            "Nothing to look at",
            "Everywhere: ",
        ] {
            assert!(page.contains(said), "`{said}` is not shown");
        }
    }
}
