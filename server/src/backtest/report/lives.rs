//! The part of a report that is about lives: what was said of them, and how long they were.

use app::{
    live::{stretch::Stretch, trace::BandPoint},
    wording::{escaped, iso_instant},
};
use twin::{Span, series::Point};

use super::{
    MOST_ROWS, chart, flags, more,
    table::{Column, list, paragraph, table},
};
use crate::{
    backtest::{
        Tested,
        life::{Asked, Life},
        print::{scored, times},
    },
    wording::{digits, short},
};

pub fn all(tested: &Tested, stretch: Stretch) -> String {
    if tested.lives.is_empty() {
        return paragraph("The model foresees no failure that stops the asset, and has learned no life.");
    }
    let told = match (tested.failed.len(), tested.forecasts.made) {
        (_, 0) => "Nothing was asked.".to_owned(),
        (0, _) => {
            "When the asset failed is not known, so nothing is scored; `--failed-at` or `--end-is-failure` says it."
                .to_owned()
        }
        (count, _) => {
            let times = times(count as u64);
            format!("The asset failed {times}, as far as is known; at each instant the next failure counts.")
        }
    };
    paragraph(&told) + &tested.lives.iter().map(|life| one(tested, life, stretch)).collect::<String>()
}

fn one(tested: &Tested, life: &Life, stretch: Stretch) -> String {
    let title = format!("<h3>{}</h3>\n", escaped(&life.title));
    if !life.is_said() {
        let asked = life.asked.len();
        let nothing = format!(
            "Nothing was said at any of {asked} instants; failures are looked for {} ahead.",
            short(life.reach)
        );
        return title + &paragraph(&nothing);
    }
    let score = life.score().map(|score| list(&scored(life, &score))).unwrap_or_default();
    let hours = |span: Span| span.secs() / 3600.0;
    let said = life.asked.iter().filter_map(|own| Some(BandPoint { t: own.t, band: own.said?.hours(life.reach) }));
    let truth = life.asked.iter().filter_map(|own| Some(Point { t: own.t, value: hours(own.truth?) }));
    let alt = format!("{}: life that is left, said and true", life.title);
    let chart =
        chart::lives((said.collect(), truth.collect()), tested.forecasts.made, stretch, &flags(tested, None), &alt);
    let legend = "In hours: in blue what was said at each instant, with its 90 % interval; as dots in the colour of measurements the \
                  true life, where it is known.";
    let told: Vec<_> = life.asked.iter().filter(|asked| asked.said.is_some() || asked.truth.is_some()).collect();
    let rows: Vec<_> = told.iter().take(MOST_ROWS).map(|asked| row(life, asked)).collect();
    let columns = [
        Column::Words("At"),
        Column::Number("Said [h]"),
        Column::Number("90 % interval [h]"),
        Column::Number("True [h]"),
        Column::Number("Error [h]"),
    ];
    let table = table(&format!("{} at {} instants", life.title, told.len()), &columns, &rows);
    let silent = match life.asked.len() - told.len() {
        0 => String::new(),
        silent => paragraph(&format!("At {silent} more nothing was said, and nothing is known.")),
    };
    title + &score + &chart + &paragraph(legend) + &table + &more(told.len()) + &silent
}

fn row(life: &Life, asked: &Asked) -> Vec<String> {
    let hours = |span: Span| digits(span.secs() / 3600.0);
    let unknown = || "not known".to_owned();
    let truth = asked.truth.map_or_else(unknown, hours);
    let Some(said) = asked.said else {
        return vec![iso_instant(asked.t), "nothing".to_owned(), "nothing".to_owned(), truth, "\u{2013}".to_owned()];
    };
    let high = said.high.map_or_else(|| format!("beyond {}", hours(life.reach)), hours);
    vec![
        iso_instant(asked.t),
        hours(said.middle),
        format!("{} to {high}", hours(said.low)),
        truth,
        asked.truth.map_or_else(unknown, |truth| digits((said.middle.secs() - truth.secs()) / 3600.0)),
    ]
}
