//! Calibrations as the notes of their events: for people, and to be read back.

use jiff::Timestamp as Instant;
use twin::{Model, Timestamp};

use super::{Finding, Proposal};

/// `rise_oil = 71.03 ± 0.16 K (was 60), gradient = ...; from ... to ..., 288 measurements, off by 1.02 (was 5.31); model
/// 0a1b2c3d4e5f6071; by local`
pub fn write(proposal: &Proposal, model: &Model) -> String {
    let Proposal { by, from, to, count, before, after, model: hash, findings } = proposal;
    let findings: Vec<String> = findings.iter().map(|own| finding(own, model)).collect();
    format!(
        "{}; from {} to {}, {count} measurements, off by {after} (was {before}); model {hash}; by {by}",
        findings.join(", "),
        instant(*from),
        instant(*to)
    )
}

/// What `write` wrote.
pub fn read(note: &str) -> Option<Proposal> {
    let mut parts = note.split("; ");
    let findings = parts.next()?.split(", ").map(read_finding).collect::<Option<Vec<Finding>>>()?;
    let mut window = parts.next()?.split(", ");
    let (from, to) = window.next()?.strip_prefix("from ")?.split_once(" to ")?;
    let count = window.next()?.strip_suffix(" measurements")?.parse().ok()?;
    let (after, before) = window.next()?.strip_prefix("off by ")?.strip_suffix(')')?.split_once(" (was ")?;
    let model = parts.next()?.strip_prefix("model ")?.to_owned();
    let by = parts.next()?.strip_prefix("by ")?.to_owned();
    let (before, after) = (before.parse().ok()?, after.parse().ok()?);
    Some(Proposal { by, from: read_instant(from)?, to: read_instant(to)?, count, before, after, model, findings })
}

/// `rise_oil = 71.03 ± 0.16 K (was 60)`
pub fn finding(finding: &Finding, model: &Model) -> String {
    let Finding { name, value, within, was } = finding;
    let latent = model.latent(name).map(|number| &model.latents[usize::from(number)]);
    let unit = latent.map_or("", |latent| latent.unit.as_str());
    let unit = if unit.is_empty() || unit == "1" { String::new() } else { format!(" {unit}") };
    format!("{name} = {value} \u{b1} {within}{unit} (was {was})")
}

fn read_finding(text: &str) -> Option<Finding> {
    let (name, rest) = text.split_once(" = ")?;
    let (value, rest) = rest.split_once(" \u{b1} ")?;
    let (within, was) = rest.strip_suffix(')')?.split_once(" (was ")?;
    let within = within.split(' ').next()?;
    let (value, within, was) = (value.parse().ok()?, within.parse().ok()?, was.parse().ok()?);
    Some(Finding { name: name.to_owned(), value, within, was })
}

/// `proposal 7 answered by local: a new pump`
pub fn answered(seq: u64, by: &str, reason: &str) -> String {
    format!("proposal {seq} answered by {by}: {reason}")
}

/// By whom and why, where `note` ends with what `answered` wrote of that proposal.
pub fn read_answered(note: &str, seq: u64) -> Option<(String, String)> {
    let begin = format!("proposal {seq} answered by ");
    let rest = note.strip_prefix(&begin).or_else(|| note.split_once("; ")?.1.strip_prefix(&begin))?;
    let (by, reason) = rest.split_once(": ")?;
    Some((by.to_owned(), reason.to_owned()))
}

fn instant(t: Timestamp) -> String {
    Instant::from_microsecond(t.0).map_or_else(|_| t.0.to_string(), |instant| instant.to_string())
}

fn read_instant(text: &str) -> Option<Timestamp> {
    let micros = text.parse::<Instant>().map(|instant| instant.as_microsecond()).ok();
    micros.or_else(|| text.parse().ok()).map(Timestamp)
}
