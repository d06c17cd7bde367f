//! The pictures of the page of key figures.

use app::{
    components::{HeatMap, Pareto, Timeline},
    figures::{Courses, Hourly, Weighed, Weight},
    plot::{
        heat_map::{self, HOURS},
        timeline::{self, Lane},
    },
    sheet::{Cell, Column, Row, Table},
};
use leptos::prelude::*;
use twin::{
    Span,
    kpi::{Doing, Interval},
};

use super::{specimen, stage::NOW};

pub fn all() -> AnyView {
    view! {
        {specimen("Pareto", vec![
            ("one cause", view! { <Pareto weighed=weighed(&[480.0]) /> }.into_any()),
            ("few of many", view! { <Pareto weighed=weighed(&[480.0, 120.0, 30.0, 8.0, 2.0]) /> }.into_any()),
        ])}
        {specimen("Course", vec![
            ("over", view! { <Timeline courses=courses(&[]) /> }.into_any()),
            ("goes on", view! { <Timeline courses=courses(&[(13, 14, Doing::Planned), (14, 16, Doing::Failed)]) /> }.into_any()),
        ])}
        {specimen("Heat map", vec![
            ("a day", view! { <HeatMap hourly=hourly(1) /> }.into_any()),
            ("a week", view! { <HeatMap hourly=hourly(7) /> }.into_any()),
        ])}
    }
    .into_any()
}

fn table(first: &str) -> Table {
    let row = Row::from(vec![Cell::new(first), Cell::new("4 h")]);
    Table {
        caption: "The same in numbers".into(),
        columns: vec![Column::text("What"), Column::number("Downtime")],
        rows: vec![row],
        ..Table::default()
    }
}

fn weighed(weights: &[f64]) -> Weighed {
    let row = |(number, weight): (usize, &f64)| Weight {
        name: format!("Cause {}", number + 1),
        amount: format!("{weight}\u{a0}EUR"),
        weight: *weight,
    };
    Weighed {
        id: "by-cause",
        title: "What cost the most, by cause".into(),
        said: "What the picture says, in one sentence.".into(),
        rows: weights.iter().enumerate().map(row).collect(),
        table: table("Cause 1"),
    }
}

fn courses(ahead: &[(i64, i64, Doing)]) -> Courses {
    let hours = |from: i64, to: i64| Interval::new(NOW + Span(Span::HOUR.0 * from), NOW + Span(Span::HOUR.0 * to));
    let course = Doing::ALL.into_iter().zip(0..).map(|(doing, n)| (hours(2 * n, 2 * n + 2), doing)).collect();
    let ahead: Vec<_> = ahead.iter().map(|(from, to, doing)| (hours(*from, *to), *doing)).collect();
    let end = if ahead.is_empty() { 12 } else { 16 };
    Courses {
        said: "What the picture says, in one sentence.".into(),
        names: vec!["Transformer 1".into(), "Transformer 2".into()],
        timeline: timeline::Timeline {
            shown: hours(0, end),
            now: NOW + Span(12 * Span::HOUR.0),
            lanes: vec![Lane { course, ahead }, Lane { course: vec![(hours(0, 12), Doing::Runs)], ahead: Vec::new() }],
        },
        ticks: vec![(0.0, "00:00".into()), (0.5, "06:00".into())],
        table: table("Transformer 1"),
    }
}

fn hourly(days: usize) -> Hourly {
    let value = |place: usize| (place % 11 != 3).then(|| ((place * 7) % HOURS) as f64 * f64::from(place % 5 > 1));
    Hourly {
        id: "lost-by-hour",
        title: "Unplanned downtime by hour and day".into(),
        said: "What the picture says, in one sentence.".into(),
        names: (0..days).map(|day| format!("Day {}", day + 1)).collect(),
        map: heat_map::HeatMap { values: (0..days * HOURS).map(value).collect() },
        steps: ["none", "up to 5 min", "up to 10 min", "up to 15 min", "up to 20 min", "up to 24 min"]
            .map(str::to_owned)
            .into(),
        table: table("Day 1"),
    }
}
