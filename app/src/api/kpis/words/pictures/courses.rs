//! What each asset did over the period, and what is ahead of it.

use services::{
    catalog::Asset,
    kpi::{
        calendar::{self, Length},
        report::OfAsset,
    },
};
use twin::{
    Span,
    kpi::{Doing, Interval},
};

use super::{
    super::{Found, many, period},
    ROWS,
};
use crate::{
    figures::Courses,
    plot::timeline::{Lane, Timeline},
    sheet::{Cell, Column, Row, Table},
    wording,
};

/// Nothing further ahead than this share of the period is shown: the past is what is asked for.
const AHEAD: i64 = 3;

pub fn courses(found: &Found) -> Option<Courses> {
    let named = period::named(found)?;
    let is_all = found.address.question.length == Length::All;
    // Lanes share one axis of time.
    let shares = |of: &OfAsset| {
        let is_same_clock = std::mem::discriminant(&of.clock) == std::mem::discriminant(&named.clock);
        of.window.period.from == named.window.period.from || (is_all && is_same_clock)
    };
    let mut all: Vec<(&Asset, &OfAsset)> = found.assets().filter(|(_, of)| shares(of)).collect();
    let count = all.len();
    all.sort_by_key(|(_, of)| std::cmp::Reverse(of.lost.iter().map(|lost| lost.time.0).sum::<i64>()));
    all.truncate(ROWS);
    let from = all.iter().map(|(_, of)| of.window.period.from).min()?;
    let now = all.iter().map(|(_, of)| of.window.period.to).max()?;
    let furthest = now + Span((now - from).0 / AHEAD);
    let ahead = all.iter().flat_map(|(_, of)| &of.ahead).filter(|(during, _)| during.from < furthest);
    let to = ahead.map(|(during, _)| during.to.min(furthest)).max().unwrap_or(now).max(now);
    let timeline = Timeline {
        shown: Interval::new(from, to),
        now,
        lanes: all.iter().map(|(_, of)| Lane { course: of.course.clone(), ahead: of.ahead.clone() }).collect(),
    };
    if timeline.shown.is_empty() {
        return None;
    }
    let zone = &found.services.catalog.kpi().zone;
    let ticks =
        calendar::ticks(zone, timeline.shown).into_iter().map(|(t, label)| (timeline.share(t), label)).collect();
    let kinds = ["Ran", "Planned stop", "Unplanned stop", "Failed", "Not to run", "Unknown"];
    let rows = all.iter().map(|(asset, of)| row(found, asset, of)).collect();
    Some(Courses {
        said: said(&all, count),
        names: all.iter().map(|(asset, _)| asset.title.clone()).collect(),
        timeline,
        ticks,
        table: Table {
            caption: "How long each did what, and what is ahead".into(),
            columns: std::iter::once(Column::text("Asset"))
                .chain(kinds.map(Column::number))
                .chain([Column::text("Ahead")])
                .collect(),
            rows,
            none: String::new(),
            next: None,
        },
    })
}

fn spent(of: &OfAsset, doing: Doing) -> Span {
    Span(of.course.iter().filter(|(_, own)| *own == doing).map(|(during, _)| during.length().0).sum())
}

fn said(all: &[(&Asset, &OfAsset)], count: usize) -> String {
    let [stood, unplanned] = [&[Doing::Planned, Doing::Stopped, Doing::Failed][..], &[Doing::Stopped, Doing::Failed]]
        .map(|doings| move |of: &OfAsset| Span(doings.iter().map(|doing| spent(of, *doing).0).sum()));
    let Some((asset, of)) = all.first() else { return String::new() };
    let words =
        |of: &OfAsset| format!("stood {}, {} of it unplanned", wording::span(stood(of)), wording::span(unplanned(of)));
    let rest = if count > all.len() {
        format!(" Of {count} the {} that stood longest are shown.", all.len())
    } else {
        String::new()
    };
    match (count, stood(of).0) {
        (1, 0) => format!("{} ran {} and never stood.", asset.title, wording::span(spent(of, Doing::Runs))),
        (1, _) => format!("{} ran {} and {}.", asset.title, wording::span(spent(of, Doing::Runs)), words(of)),
        (_, 0) => format!("None of {} stood.{rest}", many(count as u64, "asset", "assets")),
        _ => format!("{} stood longest: it {}.{rest}", asset.title, words(of)),
    }
}

fn row(found: &Found, asset: &Asset, of: &OfAsset) -> Row {
    let zone = &found.services.catalog.kpi().zone;
    let doings = [Doing::Runs, Doing::Planned, Doing::Stopped, Doing::Failed, Doing::Rests, Doing::Unknown];
    let ahead = of.ahead.iter().map(|(during, doing)| {
        let what = if *doing == Doing::Failed { "failure foreseen" } else { "planned stop" };
        let [from, to] =
            [during.from, during.to].map(|t| calendar::zoned(zone, t).strftime("%-d %b %H:%M").to_string());
        format!("{what}, {from} to {to}")
    });
    let ahead = ahead.take(3).collect::<Vec<_>>().join("; ");
    let cells = std::iter::once(asset.title.clone())
        .chain(doings.map(|doing| wording::span(spent(of, doing))))
        .chain([if ahead.is_empty() { wording::NOTHING.to_owned() } else { ahead }]);
    Row::from(cells.map(Cell::new).collect::<Vec<_>>())
}
