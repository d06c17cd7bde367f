//! What is to be looked at, worst first.

use crate::sheet::{Cell, Look};
use services::{quality::EventKind, report::Report};

use super::{events, many};
use crate::wording;

/// Less free disk than this is worth a word: a busy plant fills it within hours.
const LITTLE_BYTES: u64 = 1 << 30;

pub fn findings(report: &Report) -> Vec<Cell> {
    let mut findings = Vec::new();
    let mut say = |look, text: String, section: &str| {
        findings.push(Cell::new(text).look(look).to(format!("#{section}")));
    };
    if report.is_failing {
        say(
            Look::Alarm,
            "The store\u{2019}s last commit failed: nothing is taken in until the disk is well".into(),
            "store",
        );
    }
    if !report.damages.is_empty() {
        let damaged = many(report.damages.len() as u64, "damaged block", "damaged blocks");
        say(Look::Alarm, format!("{damaged} in the store"), "store");
    }
    for door in report.doors.iter().filter(|door| !door.is_up) {
        say(Look::Alarm, format!("Connector {} is down", door.name), "connectors");
    }
    if let Some(free) = report.extent.free_bytes.filter(|free| *free < LITTLE_BYTES) {
        say(Look::Warn, format!("Only {} are free on the disk", wording::bytes(free)), "store");
    }
    for kind in EventKind::ALL {
        let open = report.events.open.iter().filter(|row| row.event.kind == kind).count() as u64;
        if open > 0 {
            say(Look::Warn, format!("{}: {open} open", events::kind(kind)), "events");
        }
    }
    let waiting = report.refused.counts.iter().filter(|(state, _, _)| state == "open").map(|(_, _, n)| n).sum();
    if waiting > 0 {
        let waiting = many(waiting, "refused item waits", "refused items wait");
        say(Look::Warn, format!("{waiting} in quarantine"), "quarantine");
    }
    findings
}
