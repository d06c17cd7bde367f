//! Words and tone of each flag.

use services::{
    Services, StoreError,
    catalog::{Asset, kpi::Says},
    quality::{EventKind, QualityEvent},
    twins,
};
use twin::{Timestamp, kpi::StopKind};
use wire::view::{EventView, FlagView, Tone};

use crate::{api::data::words::events, wording};

/// More of either kind than this are seen by nobody.
const MOST: usize = 100;

pub async fn flags(
    services: &Services,
    number: usize,
    quantity: u16,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<FlagView>, StoreError> {
    let asset = &services.catalog.assets()[number];
    let now = services.clocks.get(number).now((services.clock)());
    let signal = (usize::from(quantity) < asset.model.signals.len()).then_some(quantity);
    let read = move |reader: &mut services::store::Reader| {
        Ok((reader.events_within(number, from, to, MOST)?, reader.quality_within(number, signal, from, to, MOST)?))
    };
    let (told, noticed) = services.store.ask(read).await?;
    let mut flags: Vec<FlagView> = told.iter().map(|event| of_told(asset, event)).collect();
    flags.extend(noticed.iter().map(|row| of_noticed(asset, &row.event, now)));
    flags.sort_by_key(|flag| flag.t);
    Ok(flags)
}

fn of_told(asset: &Asset, event: &EventView) -> FlagView {
    let EventView { t, kind, note, .. } = event;
    let failure = asset.model.failures.iter().find(|failure| failure.name == *kind);
    let action = asset.model.actions.iter().find(|action| action.name == *kind);
    let tone = match (asset.kpi.kinds.says(&asset.model, kind), failure) {
        (Some(Says::Begins(StopKind::Failure | StopKind::Unplanned)), _) => Tone::Alarm,
        _ if kind == twins::ALARM => Tone::Alarm,
        (_, Some(_)) => Tone::Warn,
        (Some(Says::Begins(StopKind::Planned) | Says::Restored) | None, None) => Tone::Plain,
    };
    let title = failure.map(|failure| &failure.title).or(action.map(|action| &action.title));
    let mut words = title.cloned().unwrap_or_else(|| kind.replace('_', " "));
    let until = event.until.filter(|until| until > t);
    if let Some(until) = until {
        words += &format!(", {}", wording::span(until - *t));
    }
    if !note.is_empty() {
        words += &format!(": {note}");
    }
    FlagView { t: *t, until, tone, words }
}

fn of_noticed(asset: &Asset, event: &QualityEvent, now: Timestamp) -> FlagView {
    let title = asset.model.signals.get(usize::from(event.signal)).map_or("", |signal| &signal.title);
    let until = if event.is_open { event.to.max(now) } else { event.to };
    let mut words = format!("{title}: {}", events::kind(event.kind).to_lowercase());
    // A gap says itself how long it was.
    if until > event.from && event.kind != EventKind::Gap {
        let so_far = if event.is_open { " so far" } else { "" };
        words += &format!(", {}{so_far}", wording::span(until - event.from));
    }
    if let Some(detail) = events::detail(asset, event) {
        words += &format!(", {detail}");
    }
    FlagView { t: event.from, until: (until > event.from).then_some(until), tone: Tone::Warn, words }
}

#[cfg(test)]
mod tests {
    use services::catalog::Catalog;

    use super::*;

    fn catalog() -> Catalog {
        let plant = "[[asset]]\nid = \"t\"\ntitle = \"T\"\nmodel = \"power-transformer\"";
        Catalog::parse(plant, |_| Ok(include_str!("../../../../server/models/power-transformer.toml").to_owned()))
            .unwrap()
    }

    fn secs(secs: i64) -> Timestamp {
        Timestamp(secs * 1_000_000)
    }

    fn told(kind: &str, until: Option<i64>, note: &str) -> (Tone, String) {
        let event = EventView { seq: 1, t: secs(0), until: until.map(secs), kind: kind.into(), note: note.into() };
        let flag = of_told(&catalog().assets()[0], &event);
        (flag.tone, flag.words)
    }

    #[test]
    fn colour_is_for_what_is_abnormal() {
        assert_eq!(told("failure", None, "belt torn"), (Tone::Alarm, "failure: belt torn".to_owned()));
        assert_eq!(told("alarm", None, "oil too hot").0, Tone::Alarm);
        assert_eq!(told("planned_stop", Some(5_400), ""), (Tone::Plain, "planned stop, 1 h 30 min".to_owned()));
        assert_eq!(told("oil_sampled", Some(0), ""), (Tone::Plain, "oil sampled".to_owned()));
    }

    #[test]
    fn what_goes_on_says_how_long_it_has() {
        let event = |kind, is_open, value| QualityEvent {
            asset: 0,
            signal: 0,
            kind,
            from: secs(100),
            to: secs(160),
            is_open,
            count: 1,
            value,
        };
        let words = |event: QualityEvent| of_noticed(&catalog().assets()[0], &event, secs(400)).words;
        let title = catalog().assets()[0].model.signals[0].title.clone();
        assert_eq!(words(event(EventKind::Silence, true, f64::NAN)), format!("{title}: silence, 5 min so far"));
        assert_eq!(words(event(EventKind::ClockJump, false, -3.0)), format!("{title}: clock jump, 1 min, 3 s back"));
        assert_eq!(words(event(EventKind::Gap, false, 60.0)), format!("{title}: gap, 1 min without a sample"));
    }
}
