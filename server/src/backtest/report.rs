//! A backtest as one page of HTML that needs nothing else: no script, the pages' own colours, charts as SVG.

mod chart;
mod lives;
mod table;

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

use anyhow::bail;
use app::{
    live::stretch::Stretch,
    wording::{escaped, iso_instant, unit, unit_of_difference},
};
use services::survey::Findings;
use twin::{KERNEL_VERSION, hex, model::Signal};
use wire::view::{FlagView, Tone};

use self::table::{Column, list, paragraph, table};
use super::{
    Tested,
    print::{change, compared, has_charts, known, named, percent, range},
};
use crate::{
    recorded,
    wording::{digits, short},
};

/// What the page is dressed in: the tokens and sheets of all pages, and its own.
const SHEETS: [&str; 5] = [
    "@layer tokens, base, layout, components, pages;\n",
    include_str!("../../../style/tokens.css"),
    include_str!("../../../style/base.css"),
    include_str!("../../../style/components/trend_plot.css"),
    include_str!("report.css"),
];
/// What a page begins with.
const OPENING: &str = "<!DOCTYPE html>";
/// More rows than these nobody reads.
const MOST_ROWS: usize = 200;
/// Charts of signals that are not foreseen.
const MOST_CHARTS: usize = 8;

/// Fails where something stands in the place of the page that is no page: a recording, perhaps, or a model.
pub fn is_place(path: &Path) -> anyhow::Result<()> {
    let mut start = Vec::new();
    if path.is_file() {
        File::open(path)?.take(OPENING.len() as u64).read_to_end(&mut start)?;
    }
    if !start.is_empty() && start != OPENING.as_bytes() {
        bail!("`{}` is there and is no page: nothing is written over it", path.display());
    }
    Ok(())
}

/// Writes all of it.
pub fn write(tested: &Tested, to: &mut dyn Write) -> io::Result<()> {
    let title = escaped(&format!("Backtest of {}", tested.model.title));
    writeln!(
        to,
        "{OPENING}\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><meta name=\"color-scheme\" content=\"light dark\"/>\
         <title>{title}</title><style>"
    )?;
    SHEETS.iter().try_for_each(|sheet| to.write_all(sheet.as_bytes()))?;
    writeln!(to, "</style></head><body><main class=\"report\"><h1>{title}</h1>")?;
    let stretch = chart::stretch(tested.from, tested.until);
    section(to, "What was followed", &what(tested))?;
    section(to, "As expected?", &residuals(tested))?;
    for (number, signal) in compared(tested, |number| tested.followed[number].residuals.count()) {
        section(to, &signal.title, &course(tested, number, stretch))?;
    }
    if !has_charts(tested) {
        section(to, "What was measured", &measured(tested, stretch))?;
    }
    section(to, "Alarms", &alarms(tested))?;
    section(to, "Forecasts", &forecasts(tested))?;
    section(to, "Life that is left", &lives::all(tested, stretch))?;
    writeln!(to, "</main></body></html>")
}

fn section(to: &mut dyn Write, title: &str, inside: &str) -> io::Result<()> {
    writeln!(to, "<section><h2>{}</h2>\n{inside}</section>", escaped(title))
}

fn what(tested: &Tested) -> String {
    let model = &tested.model;
    let Findings { refused, duplicates, untold, .. } = &tested.judged.findings;
    let refusals: String = recorded::refusals(&tested.judged.findings).iter().map(|line| paragraph(line)).collect();
    list(&[
        ("Model", format!("{} ({})", model.title, model.id)),
        ("SHA-256 of the model", hex::write(&model.hash.0)),
        ("Kernel", KERNEL_VERSION.to_string()),
        ("Recording", tested.recording.clone()),
        ("Instants and entries", format!("{} and {}", tested.rows, tested.entries)),
        ("Refused: no door would take them", refused.to_string()),
        ("Duplicates, which count once", duplicates.to_string()),
        ("Bad, or events that the model does not know", untold.to_string()),
        ("From", iso_instant(tested.from)),
        ("Until", format!("{}, after {}", iso_instant(tested.until), short(tested.until - tested.from))),
        ("Seed of spread and noise", tested.seed.to_string()),
    ]) + &refusals
}

fn residuals(tested: &Tested) -> String {
    use Column::{Number, Words};
    let row = |(number, signal): (usize, &Signal)| {
        let own = &tested.followed[number];
        let of = &own.residuals;
        let [normed, lag] = [own.normed.deviation(), own.normed.lag_one()].map(known);
        let figures = [of.bias(), of.deviation(), of.mae(), of.rmse()].map(digits);
        let ends = [normed, lag, percent(of.inside), range(of.inside), of.count().to_string()];
        [named(signal)].into_iter().chain(figures).chain(ends).collect::<Vec<_>>()
    };
    let rows: Vec<_> = compared(tested, |number| tested.followed[number].residuals.count()).map(row).collect();
    if rows.is_empty() {
        return paragraph("Nothing was measured that the twin could be compared with.");
    }
    let columns = [
        Words("Signal"),
        Number("Mean"),
        Number("Deviation"),
        Number("Mean magnitude"),
        Number("RMSE"),
        Number("Normalised deviation"),
        Number("Lag-1 autocorrelation"),
        Number("In the 90 % band"),
        Number("Right if"),
        Number("n"),
    ];
    table("Measured minus what was expected just before", &columns, &rows)
        + &paragraph(
            "Of a twin that fits, normalised differences have a deviation of 1 and an autocorrelation of 0. \"Right if\" is where \
             the share lies in 95 of 100 recordings of as many instants that do not follow one another; those that do scatter \
             more.",
        )
}

/// Charts of one signal.
fn course(tested: &Tested, number: usize, stretch: Stretch) -> String {
    let signal = &tested.model.signals[number];
    let said = &tested.followed[number].said;
    let [own, difference] = [&signal.unit[..], unit_of_difference(&signal.unit)].map(unit);
    let flags = flags(tested, Some(number as u16));
    let swatch = |colour: &str, words: &str| {
        format!("<span><i class=\"report__swatch\" style=\"--swatch: var({colour})\"></i>{words}</span>")
    };
    format!(
        "{}<p class=\"report__legend\">{} {} <span>Flags: alarms, and where what they are of began.</span> <span>Below what is \
         left, cut where but a hundredth is larger.</span></p>\n",
        chart::signal(
            &tested.model,
            said,
            stretch,
            &flags,
            &format!("{}, measured and expected", signal.title),
            [&own, &difference]
        ),
        swatch("--plot-measured", "Measured"),
        swatch("--plot-twin", "Expected just before, with the 90 % band"),
    )
}

/// A chart of each signal that came, where none is foreseen; of many those that alarms are of, and the first.
fn measured(tested: &Tested, stretch: Stretch) -> String {
    let is_alarmed = |number: usize| tested.alarms.iter().any(|raised| raised.alarm.signal == Some(number as u16));
    let came = tested.measured.iter().enumerate().filter(|(_, points)| !points.is_empty());
    let mut shown: Vec<usize> = came.map(|(number, _)| number).collect();
    shown.sort_by_key(|number| !is_alarmed(*number));
    shown.truncate(MOST_CHARTS);
    shown.sort_unstable();
    let chart = |number: usize| {
        let signal = &tested.model.signals[number];
        let flags = flags(tested, Some(number as u16));
        let points = tested.measured[number].clone();
        format!("<h3>{}</h3>\n", escaped(&signal.title))
            + &chart::measured(&tested.model, points, stretch, &flags, &signal.title, &unit(&signal.unit))
    };
    let legend = paragraph("As it was measured. Flags: alarms, and where what they are of began.");
    shown.into_iter().map(chart).collect::<String>() + &legend
}

/// Alarms of a signal, those of no single one, and failures; in order of time.
fn flags(tested: &Tested, signal: Option<u16>) -> Vec<FlagView> {
    let mut flags = Vec::new();
    for raised in &tested.alarms {
        if raised.alarm.signal.is_some() && signal.is_some() && raised.alarm.signal != signal {
            continue;
        }
        let words = format!("{}: {}", change(raised.alarm.change), raised.finding);
        let began = format!("began: {}", raised.finding);
        let until = Some(raised.over.unwrap_or(tested.until));
        flags.push(FlagView { t: raised.alarm.began, until: None, tone: Tone::Warn, words: began });
        flags.push(FlagView { t: raised.alarm.found, until, tone: Tone::Alarm, words });
    }
    let failed = |t: &twin::Timestamp| FlagView { t: *t, until: None, tone: Tone::Plain, words: "failed".to_owned() };
    flags.extend(tested.failed.iter().map(failed));
    flags.sort_by_key(|flag| flag.t);
    flags
}

fn alarms(tested: &Tested) -> String {
    use Column::Words;
    let told = match tested.learnt {
        None if tested.alarms.is_empty() => "None: the recording was too short to learn what is normal.".to_owned(),
        None => "By what was learned before; the recording was too short to learn what else is normal.".to_owned(),
        Some(_) if !has_charts(tested) => format!(
            "{} in {} by what was learned; how many may be false was set then.",
            tested.alarms.len(),
            short(tested.until - tested.from)
        ),
        Some(learnt) => {
            let watched = tested.until - learnt;
            let allowed = watched.0 as f64 / tested.model.false_alarm_every.0 as f64;
            format!(
                "{} in {} after {} of learning what is normal; an asset that is as ever gives {} in as long a time.",
                tested.alarms.len(),
                short(watched),
                short(learnt - tested.from),
                digits(allowed)
            )
        }
    };
    let told = paragraph(&told);
    if tested.alarms.is_empty() {
        return told;
    }
    let row = |raised: &super::Raised| {
        let or_nothing = |text: &str| if text.is_empty() { "none is likely".to_owned() } else { text.to_owned() };
        vec![
            iso_instant(raised.alarm.found),
            format!("{}: {}", change(raised.alarm.change), raised.finding),
            iso_instant(raised.alarm.began),
            or_nothing(&raised.causes),
            raised.over.map_or("goes on".to_owned(), iso_instant),
        ]
    };
    let rows: Vec<_> = tested.alarms.iter().take(MOST_ROWS).map(row).collect();
    let columns = [Words("Found"), Words("What"), Words("Likely began"), Words("Would account for it"), Words("Until")];
    told + &table("Alarms", &columns, &rows) + &more(tested.alarms.len())
}

fn more(count: usize) -> String {
    if count > MOST_ROWS { paragraph(&format!("And {} more.", count - MOST_ROWS)) } else { String::new() }
}

fn forecasts(tested: &Tested) -> String {
    use Column::{Number, Words};
    let forecasts = &tested.forecasts;
    if forecasts.made == 0 {
        return paragraph("None were asked for.");
    }
    if !forecasts.are_compared() {
        let (made, reach) = (forecasts.made, short(forecasts.reach));
        return paragraph(&format!(
            "{made} over {reach}, evenly over the recording; nothing then came that they foresaw."
        ));
    }
    let mut html = paragraph(&format!(
        "{} over {}, evenly over the recording. Inputs go on as the model says, not as they then did. \"Held\" is the error of \
         whoever says that the last value stays, of the same measurements.",
        forecasts.made,
        short(forecasts.reach)
    ));
    let counted = |number: usize| forecasts.by_lead.iter().map(|lead| lead.signals[number].residuals.count()).sum();
    let columns = [
        Words("After"),
        Number("Mean magnitude"),
        Number("Held"),
        Number("Mean"),
        Number("RMSE"),
        Number("In the 90 % band"),
        Number("Right if"),
        Number("n"),
    ];
    for (number, signal) in compared(tested, counted) {
        let row = |lead: &super::forecasts::Lead| {
            let ahead = &lead.signals[number];
            let of = &ahead.residuals;
            if of.count() == 0 {
                return vec![short(lead.after), "nothing was measured then".to_owned()];
            }
            let figures = [of.mae(), ahead.held_mae(), of.bias(), of.rmse()].map(digits);
            let ends = [percent(of.inside), range(of.inside), of.count().to_string()];
            [short(lead.after)].into_iter().chain(figures).chain(ends).collect()
        };
        let rows: Vec<_> = forecasts.by_lead.iter().map(row).collect();
        html += &table(&named(signal), &columns, &rows);
    }
    html
}
