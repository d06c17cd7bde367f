//! Puts a report into the words and tables of the data page.

mod address;
mod contracts;
mod doors;
pub(in crate::api) mod events;
mod findings;
mod refused;
mod sources;
mod store;
#[cfg(test)]
mod tests;
pub(in crate::api) mod traced;

use crate::sheet::{Cell, Look, Sheet};
use services::{Services, catalog::Asset, report::Report};

use crate::wording;
pub use address::Address;
pub use refused::{outcome_table, reason};

/// The whole page.
pub fn sheet(services: &Services, report: &Report, address: &Address) -> Sheet {
    let sections = vec![
        sources::section(report),
        events::section(services, report, address),
        refused::section(services, report, address),
        traced::section(services, report, address),
        contracts::section(services, report, address),
        store::section(services, report),
        doors::section(report),
    ];
    Sheet { now: report.now, findings: findings::findings(report), sections }
}

/// Nothing, as a cell.
fn nothing() -> Cell {
    Cell::new(wording::NOTHING).look(Look::Muted)
}

fn count(n: u64) -> Cell {
    if n == 0 { Cell::new("0").look(Look::Muted) } else { Cell::new(wording::count(n)) }
}

/// A count of what should not be.
fn faults(n: u64) -> Cell {
    if n == 0 { count(n) } else { count(n).look(Look::Warn) }
}

/// `value` with all its digits, in `unit`.
fn exact(value: f64, unit: &str) -> String {
    let text = value.to_string().replacen('-', "\u{2212}", 1);
    let unit = wording::unit(unit);
    if unit.is_empty() { text } else { format!("{text}\u{a0}{unit}") }
}

/// `one` or `many` of something.
fn many(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", wording::count(n)) }
}

/// An asset as a link to its page.
fn asset(asset: &Asset) -> Cell {
    Cell::new(&asset.title).to(format!("/assets/{}", asset.id))
}

/// A signal of an asset as a link to its history.
fn signal(asset: &Asset, signal: u16) -> Cell {
    match asset.model.signals.get(usize::from(signal)) {
        Some(signal) => Cell::new(&signal.title).to(format!("/assets/{}?show={}", asset.id, signal.name)),
        None => nothing(),
    }
}
