//! Futures as a person reads them on a terminal.

use std::io::{self, Write};

use twin::{
    Model, Sensitivity, Span,
    model::{Effect, Limit},
    twin::Band,
};

use super::{Outcome, Simulated};
use crate::wording::{five_digits, short, time, turned, with_unit};

/// Shares of members by which a failure is told, in per cent too.
pub const SHARES: [(f64, u8); 3] = [(0.1, 10), (0.5, 50), (0.9, 90)];
/// The longest bar of a tornado.
const BAR: usize = 30;

/// Prints what was simulated, then each future.
pub fn all(found: &Simulated, to: &mut dyn Write) -> io::Result<()> {
    let Simulated { model, .. } = found;
    let span = short(found.until - found.from);
    writeln!(to, "{}: {span} from {}, {} members, seed {}", model.title, time(found.from), found.members, found.seed)?;
    if found.readings > 0 {
        writeln!(to, "after {} readings since {}", found.readings, time(found.since))?;
    }
    let input = |(signal, value): (&twin::model::Signal, &f64)| {
        format!("{} {}", signal.name, with_unit(five_digits(*value), &signal.unit))
    };
    let inputs: Vec<String> = model.signals.iter().zip(&found.inputs).map(input).collect();
    if !inputs.is_empty() {
        writeln!(to, "at the start: {}", inputs.join(", "))?;
    }
    found.futures.iter().try_for_each(|future| one(found, future, to))
}

fn one(found: &Simulated, future: &Outcome, to: &mut dyn Write) -> io::Result<()> {
    let model = &found.model;
    let set = |(number, value): &(u16, f64)| {
        format!("{} {}", model.sliders[usize::from(*number)].name, turned(model, *number, *value))
    };
    let sets: Vec<String> = future.scenario.sliders.iter().map(set).collect();
    writeln!(to, "\n{}{}{}", future.name, if sets.is_empty() { "" } else { ": " }, sets.join(", "))?;

    let by = SHARES.map(|(_, percent)| format!("{percent} % after"));
    let mut rows = vec![row(["failure", "severity", "met by"], by)];
    for crossing in &future.projection.crossings {
        let (what, severity) = match (crossing.failure(model), crossing.limit(model)) {
            (Some(failure), _) => (failure.title.clone(), failure.severity.clone()),
            // A normal band that nobody leaves says nothing.
            (_, Some(limit)) if crossing.probability() > 0.0 => (words_of(model, limit), "limit".to_owned()),
            _ => continue,
        };
        let met = format!("{:.2} %", 100.0 * crossing.probability());
        let after = |(share, _)| crossing.quantile(share).map_or("-".to_owned(), |t| after(t - found.from));
        rows.push(row([&what, &severity, &met], SHARES.map(after)));
    }
    if rows.len() > 1 {
        table(&rows, to)?;
    }
    if let Some(stop) = future.projection.stop(model).map(|stop| stop.mid) {
        writeln!(
            to,
            "  half have stopped ({}): what is said of later is no longer of this asset",
            after(stop - found.from)
        )?;
    }
    let mut rows = vec![row(["at the end", "unit", "mean"], ["5 %", "50 %", "95 %"].map(str::to_owned))];
    for (quantity, bands) in model.quantities.iter().zip(&future.projection.bands) {
        let Some(Band { mean, low, mid, high }) = bands.last() else { continue };
        rows.push(row(
            [&quantity.title, &quantity.unit, &five_digits(*mean)],
            [low, mid, high].map(|value| five_digits(*value)),
        ));
    }
    table(&rows, to)?;
    let ends = model.quantities.iter().zip(&future.projection.bands);
    let is_none =
        |bands: &[Band]| bands.iter().any(|band| ![band.mean, band.low, band.high].iter().all(|x| x.is_finite()));
    for (quantity, _) in ends.filter(|(_, bands)| is_none(bands)) {
        writeln!(
            to,
            "  `{}` is at times no number: something is divided by 0, say what holds then with `if`",
            quantity.name
        )?;
    }
    if let Some(sensitivities) = &future.sensitivities {
        table(&tornado(model, sensitivities), to)?;
    }
    Ok(())
}

/// What a step of each slider does to the mean of the headline at the end, the most first.
fn tornado(model: &Model, sensitivities: &[Sensitivity]) -> Vec<Vec<String>> {
    let headline = &model.quantities[model.headline];
    let step = |own: &Sensitivity| model.sliders[usize::from(own.slider)].step;
    let by = |own: &Sensitivity| own.slopes.get(model.headline).copied().unwrap_or(f64::NAN) * step(own);
    let mut ranked: Vec<&Sensitivity> = sensitivities.iter().collect();
    ranked.sort_by(|a, b| by(b).abs().total_cmp(&by(a).abs()));
    let most = ranked.iter().map(|own| by(own).abs()).filter(|by| by.is_finite()).fold(0.0, f64::max);
    let title = format!("a step of a slider: {} at the end", headline.title);
    let mut rows = vec![row([&title, "unit", "by"], ["step", "from", ""].map(str::to_owned))];
    for own in ranked {
        let slider = &model.sliders[usize::from(own.slider)];
        let length = if most > 0.0 { (by(own).abs() / most * BAR as f64).round() as usize } else { 0 };
        let sign = if by(own) > 0.0 { "+" } else { "" };
        let moved = format!("{sign}{}", five_digits(by(own)));
        // A factor is told in per cent of what it multiplies.
        let (step, from) = match model.effect(own.slider) {
            Effect::Scale => {
                (format!("{} %", five_digits(100.0 * slider.step)), format!("{} %", five_digits(100.0 * own.at)))
            }
            _ => (with_unit(slider.step, &slider.unit), five_digits(own.at)),
        };
        rows.push(row([&slider.title, &headline.unit, &moved], [step, from, "=".repeat(length)]));
    }
    rows
}

fn row(first: [&str; 3], then: [String; 3]) -> Vec<String> {
    first.into_iter().map(str::to_owned).chain(then).collect()
}

/// The first column, and bars, begin together; numbers end together.
fn table(rows: &[Vec<String>], to: &mut dyn Write) -> io::Result<()> {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let cell = |(cell, width): (&String, &usize)| match cell.starts_with('=') {
            true => cell.clone(),
            false => format!("{cell:>width$}"),
        };
        let cells: Vec<String> = row.iter().zip(&widths).skip(1).map(cell).collect();
        let line = format!("  {:<1$}  {2}", row[0], widths[0], cells.join("  "));
        writeln!(to, "{}", line.trim_end())?;
    }
    Ok(())
}

fn after(span: Span) -> String {
    if span <= Span(0) { "at once".to_owned() } else { short(span) }
}

/// `Hot-spot temperature above 120 degC`.
fn words_of(model: &Model, limit: &Limit) -> String {
    let quantity = &model.quantities[usize::from(limit.quantity)];
    let side = if limit.is_upper { "above" } else { "below" };
    format!("{} {side} {}", quantity.title, with_unit(limit.value, &quantity.unit))
}
