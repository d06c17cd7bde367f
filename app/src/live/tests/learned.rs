//! What gauges say, in words: of a life, of a distance from normal, of a state.

use std::sync::Arc;

use twin::{
    Clock, Model, Span, Timestamp,
    gauge::{Learnt, Remaining},
    id::AssetId,
};
use wire::view::AssetView;

use crate::live::asset::LiveAsset;

/// An asset of a model that comes with the program, and with what was sealed for it.
fn asset(model: &str, learned: Learnt) -> LiveAsset {
    let (text, sealed): (&str, &[u8]) = match model {
        "turbofan" => (
            include_str!("../../../../server/models/turbofan.toml"),
            include_bytes!("../../../../server/models/turbofan.sealed"),
        ),
        "machine" => (
            include_str!("../../../../server/models/machine-temperature.toml"),
            include_bytes!("../../../../server/models/machine-temperature.detector"),
        ),
        _ => (
            include_str!("../../../../server/models/hydraulic-rig.toml"),
            include_bytes!("../../../../server/models/hydraulic-cooler.detector"),
        ),
    };
    let model = Model::parse_beside(text, &|_| Some(sealed.to_vec())).unwrap();
    let view = AssetView {
        id: AssetId::parse("a").unwrap(),
        title: "A".into(),
        path: String::new(),
        zone: String::new(),
        simulated: false,
        badge: String::new(),
        clock: Clock::Wall,
        model: 0,
        seq: 0,
        latest: Vec::new(),
        courses: Vec::new(),
        found: None,
        silent_after: None,
        kinds: Default::default(),
        events: Vec::new(),
    };
    let mut asset = LiveAsset::new(view, Arc::new(model), Vec::new().into());
    asset.learned = vec![Learnt { at: Some(Timestamp(0)), ..learned }];
    asset
}

fn life(low: f64, middle: f64, high: f64) -> LiveAsset {
    asset("turbofan", Learnt { remaining: Some(Remaining { low, middle, high }), ..Learnt::default() })
}

fn bar(html: &str) -> Vec<&str> {
    let number = |part: &'static str| html.split(part).nth(1).and_then(|rest| rest.split('%').next()).unwrap_or("none");
    [" x=\"", " x1=\"", " x2=\""].map(number).to_vec()
}

#[test]
fn a_life_is_told_in_what_is_counted_and_in_time() {
    let html = life(41.0, 67.2, 93.0).life(Timestamp(0));
    assert!(
        html.contains("<strong>67 cycles left</strong> (90 %: 41 to 93), 1 d 20 h (1 d 3 h to 2 d 14 h)"),
        "{html}"
    );
    // The bar ends with what is told apart: 125 cycles.
    assert_eq!(bar(&html), ["32.8", "53.8", "53.8"]);
    let html = life(0.0, 1.0, 2.0).life(Timestamp(0));
    assert!(html.contains("<strong>1 cycle left</strong> (90 %: 0 to 2), 40 min (0 s to 1 h 20 min)"), "{html}");
    assert_eq!(bar(&html)[0], "0.0");
}

#[test]
fn a_life_longer_than_is_told_apart_is_open() {
    let html = life(100.0, 121.0, 125.0).life(Timestamp(0));
    assert!(html.contains("(90 %: 100 to 125 or more), 3 d 8 h (2 d 18 h to 3 d 11 h or more)"), "{html}");
}

#[test]
fn an_end_within_what_its_page_looks_ahead_is_a_warning() {
    let near = life(5.0, 9.0, 14.0);
    assert_eq!(near.ends_within_horizon(), Some(Span(6 * Span::HOUR.0)));
    assert_eq!(near.learned_hint(), Some(("Likely to fail within 6 h".to_string(), true)));
    let far = life(41.0, 67.0, 93.0);
    assert_eq!((far.ends_within_horizon(), far.learned_hint()), (None, Some((String::new(), false))));
}

#[test]
fn a_distance_from_normal_is_told_and_drawn_from_the_begin_of_its_bar() {
    let of = |ratio, found: Option<i64>| {
        let learnt = Learnt { ratio: Some(ratio), found: found.map(Timestamp), ..Learnt::default() };
        asset("machine", learnt)
    };
    let calm = of(0.0, None);
    let html = calm.learned_html();
    assert!(html.contains("<h3>Unusual temperature</h3>"), "{html}");
    assert!(html.contains("<strong>0.00 of its limit</strong>, as learned</p>"), "{html}");
    assert!(html.contains("learned-card__at\" x1=\"0.0%\" x2=\"0.0%\""), "{html}");
    assert!(html.contains("learned-card__limit\" x1=\"50%\""), "{html}");
    assert_eq!(calm.learned_hint(), Some(("As learned: 0.00 of its limit".to_string(), false)));
    let beyond = of(1.3, Some(7)).learned_html();
    assert!(beyond.contains("learned-card--beyond\" width=\"65.0%\""), "{beyond}");
    assert!(beyond.contains("<strong>1.30 of its limit</strong>, not as learned</p>"), "{beyond}");
    // Nothing leaves its bar.
    assert!(of(9.0, Some(7)).learned_html().contains("x1=\"100.0%\""));
}

#[test]
fn of_states_the_present_one_is_marked_and_as_wrong_where_it_is() {
    let in_state = |state| asset("rig", Learnt { state: Some(state), ..Learnt::default() });
    let states = in_state(0).model.gauges[0].states.clone();
    let normal = in_state(0).model.gauges[0].normal.unwrap();
    for (state, title) in &states {
        let asset = in_state(*state);
        let html = asset.learned_html();
        let wrong = if *state == normal { "" } else { " learned-card__state--wrong" };
        let marked = format!("learned-card__state--now{wrong}\" aria-current=\"true\">{title}</li>");
        assert!(html.contains(&marked), "{html}");
        assert_eq!(html.matches("aria-current").count(), 1);
        assert_eq!(asset.learned_hint(), Some((format!("Cooler: {title}"), false)));
    }
}

#[test]
fn before_the_first_row_nothing_is_told_but_that() {
    let mut asset = life(41.0, 67.0, 93.0);
    asset.learned = vec![Learnt::default()];
    assert_eq!(asset.life(Timestamp(0)), "");
    assert!(asset.learned_html().contains("<p>No whole row has come yet.</p>"));
    assert!(asset.has_life() && !asset.measures());
}
