//! What was found, as a person reads it.

use std::io::{self, Write};

use services::{
    catalog::Catalog,
    contract::duration,
    quality::EventKind,
    survey::{Events, Findings, Found, Refused},
};
use twin::Span;

use crate::wording::{short, time};

/// Refusals that are told one by one.
const REFUSALS: usize = 100;

/// Prints the sum, then each signal, then what would be refused.
pub fn findings(catalog: &Catalog, findings: &Findings, to: &mut dyn Write) -> io::Result<()> {
    let Findings { readings, accepted, duplicates, refused, .. } = findings;
    writeln!(to, "{readings} readings: {accepted} would be kept, {duplicates} are duplicates, {refused} refused")?;
    for ((asset, signal), found) in &findings.signals {
        let plan = &catalog.assets()[*asset];
        let contract = plan.contract(*signal);
        let name = &plan.model.signals[usize::from(*signal)].name;
        writeln!(to, "\n{} {name} ({})", plan.id, contract.unit)?;
        signal_lines(found, contract.period, &contract.unit, to)?;
    }
    if *refused == 0 {
        return Ok(());
    }
    writeln!(to, "\nrefused")?;
    for ((asset, signal, reason), refused) in findings.refusals.iter().take(REFUSALS) {
        writeln!(to, "  {}", self::refused(&[reason.as_str(), asset, signal], refused))?;
    }
    let told: u64 = findings.refusals.values().take(REFUSALS).map(|refused| refused.count).sum();
    if told < *refused {
        writeln!(to, "  {} more of other names", refused - told)?;
    }
    Ok(())
}

/// Readings that were refused alike, in a line.
pub fn refused(what: &[&str], refused: &Refused) -> String {
    let Refused { count, line, detail } = refused;
    let first = if *line > 0 { format!("first in line {line}: ") } else { String::new() };
    format!("{count} x {}: {first}{detail}", what.join(" ").trim())
}

fn signal_lines(found: &Found, agreed: Option<Span>, unit: &str, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "  kept          {} from {} to {}", found.accepted, time(found.first), time(found.last))?;
    if let Some(period) = found.spacing.period() {
        let agreed = agreed.map(|agreed| format!(", agreed {}", duration::text(agreed))).unwrap_or_default();
        writeln!(to, "  period        {}{agreed}", short(period))?;
        let (holes, longest) = found.spacing.holes();
        if holes > 0 {
            writeln!(to, "  holes         {holes} of more than 3 periods, the longest {}", short(longest))?;
        }
    }
    if !found.units.is_empty() {
        let said: Vec<String> = found.units.iter().map(|(unit, count)| format!("{unit} {count} x")).collect();
        writeln!(to, "  units said    {}", said.join(", "))?;
    }
    if found.out_of_order > 0 {
        let share = 100.0 * found.out_of_order as f64 / found.accepted as f64;
        writeln!(to, "  out of order  {} ({share:.2} %), of these late {}", found.out_of_order, found.late)?;
    }
    for (count, what) in [
        (found.duplicates, "duplicates    "),
        (found.conflicts, "conflicts     "),
        (found.not_compared, "not compared  "),
    ] {
        if count > 0 {
            writeln!(to, "  {what}{count}")?;
        }
    }
    for (kind, events) in &found.events {
        event_lines(*kind, events, unit, to)?;
    }
    Ok(())
}

fn event_lines(kind: EventKind, events: &Events, unit: &str, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "  {:<13} {}", kind.as_str(), events.count)?;
    for event in &events.first {
        let (from, to_t, count) = (time(event.from), time(event.to), event.count);
        let value = match kind {
            EventKind::Gap => format!("{} without a sample", short(Span::from_secs(event.value))),
            EventKind::Late => format!("{} behind at most", short(Span::from_secs(event.value))),
            EventKind::Rate => format!("at most {:.6} {unit} a second", event.value),
            EventKind::Fell => format!("by {} {unit} at most", event.value),
            _ => format!("{} {unit}", event.value),
        };
        writeln!(to, "    {from} to {to_t}: {count} x, {value}")?;
    }
    let more = events.count - events.first.len() as u64;
    if more > 0 {
        writeln!(to, "    and {more} more")?;
    }
    Ok(())
}
