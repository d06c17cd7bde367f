//! Downtime and energy by hour of the day and by day.

use services::kpi::by_hour::Rows;

use super::super::{Found, energy, many};
use crate::{
    figures::Hourly,
    plot::{
        heat_map::{HOURS, HeatMap},
        tones::STEPS,
    },
    sheet::{Cell, Column, Row, Table},
    wording,
};

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

pub fn hourly(found: &Found) -> Vec<Hourly> {
    let by_hour = &found.report.by_hour;
    let minutes = |secs: f64| format!("{}\u{a0}min", wording::number(secs / 60.0, usize::from(secs < 600.0)));
    let all = [
        ("lost-by-hour", "Unplanned downtime", &by_hour.lost, &minutes as &dyn Fn(f64) -> String),
        ("energy-by-hour", "Energy used", &by_hour.energy, &energy),
    ];
    let is_worth_it = |values: &[Option<f64>]| values.iter().flatten().any(|value| *value > 0.0);
    all.into_iter()
        .filter(|(_, _, values, _)| is_worth_it(values))
        .map(|(id, title, values, words)| picture(found, (id, title), values, words))
        .collect()
}

fn picture(
    found: &Found,
    (id, title): (&'static str, &str),
    values: &[Option<f64>],
    words: &dyn Fn(f64) -> String,
) -> Hourly {
    let by_hour = &found.report.by_hour;
    let map = HeatMap { values: values.to_vec() };
    let names: Vec<String> = match &by_hour.rows {
        Rows::Days(days) => days.iter().map(|day| day.strftime("%a %-d %b").to_string()).collect(),
        Rows::Weekdays => WEEKDAYS.map(str::to_owned).into(),
    };
    let is_mean = by_hour.rows == Rows::Weekdays;
    let known = map.values.iter().enumerate().filter_map(|(place, value)| Some((place, (*value)?)));
    let most = known.max_by(|(_, one), (_, other)| one.total_cmp(other));
    let of = if by_hour.assets < found.report.assets.len() {
        format!(" Of {} with the same clock.", many(by_hour.assets as u64, "asset", "assets"))
    } else {
        String::new()
    };
    let said = most.map_or_else(String::new, |(place, value)| {
        let (day, hour) = (&names[place / HOURS], place % HOURS);
        let on_average = if is_mean { " on average" } else { "" };
        format!("Most on {day} from {hour:02}:00 to {:02}:00: {}{on_average}.{of}", hour + 1, words(value))
    });
    let step = |number: usize| match number {
        0 => "none".to_owned(),
        number => format!("up to {}", words(map.most() * number as f64 / (STEPS - 1) as f64)),
    };
    let row = |(name, values): (&String, &[Option<f64>])| {
        let told = |value: &Option<f64>| Cell::new(value.map_or_else(|| wording::NOTHING.to_owned(), words));
        Row::from(std::iter::once(Cell::new(name.clone())).chain(values.iter().map(told)).collect::<Vec<_>>())
    };
    let hours = (0..HOURS).map(|hour| Column::number(&format!("{hour:02}:00")));
    let table = Table {
        caption: format!("{title} in the hour that begins then"),
        columns: std::iter::once(Column::text("Day")).chain(hours).collect(),
        rows: names.iter().zip(map.values.chunks(HOURS)).map(row).collect(),
        none: String::new(),
        next: None,
    };
    let by = if is_mean { "by hour and day of the week, on average" } else { "by hour and day" };
    Hourly { id, title: format!("{title}, {by}"), said, names, steps: (0..STEPS).map(step).collect(), table, map }
}
