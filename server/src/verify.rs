//! `twinlight verify`: compares what was acknowledged with what is stored and with what was seen.

mod bits;
mod sight;

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;
use twin::{Timestamp, entry::Quality};
use wire::{Entry, What};

use crate::load::{
    http::{self, Url},
    ledger,
    plan::Stream,
    wave::Keeping,
};
use bits::Bits;
use sight::Sight;

/// How many differences are named.
const NAMED: usize = 10;
const PAGE: usize = 10_000;

#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// What `twinlight load --ledger` wrote.
    pub ledger: PathBuf,
    /// The server whose store is compared.
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    pub server: String,
    /// What `twinlight load --seen` wrote.
    #[arg(long)]
    pub seen: Option<PathBuf>,
}

/// How many samples of each kind there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    pub acknowledged: u64,
    pub stored: u64,
    /// Acknowledged and not stored.
    pub missing: u64,
    /// Stored with another value than was sent.
    pub altered: u64,
    pub doubled: u64,
    /// Stored, but the acknowledgement did not arrive: allowed.
    pub unacknowledged: u64,
    /// Stored, and of no stream of the ledger at no time of it: somebody else's.
    pub others: u64,
    /// Frames of entries that a viewer saw.
    pub frames: u64,
    /// Frames whose entries are not stored so.
    pub unstored_frames: u64,
    /// Entries that no frame showed or stood for, added up over the viewers.
    pub unseen: u64,
    /// Entries that a merged frame or a snapshot stood for.
    pub merged: u64,
    /// The first differences, in words.
    pub differences: Vec<String>,
}

impl Outcome {
    pub fn is_clean(&self) -> bool {
        self.missing + self.altered + self.doubled + self.unstored_frames + self.unseen == 0
    }

    fn name(&mut self, difference: impl FnOnce() -> String) {
        if self.differences.len() < NAMED {
            self.differences.push(difference());
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "acknowledged {}, stored {}", self.acknowledged, self.stored)?;
        writeln!(f, "missing {}, altered {}, doubled {}", self.missing, self.altered, self.doubled)?;
        writeln!(f, "stored without acknowledgement {}, of others {}", self.unacknowledged, self.others)?;
        let (frames, unstored, unseen, merged) = (self.frames, self.unstored_frames, self.unseen, self.merged);
        write!(f, "frames seen {frames}, not stored so {unstored}; entries never seen {unseen}, merged {merged}")
    }
}

/// Compares, prints, and fails where something was lost, altered, doubled or not shown.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let outcome = compare(&options).await?;
    println!("{outcome}");
    for difference in &outcome.differences {
        println!("  {difference}");
    }
    if !outcome.is_clean() {
        bail!("ledger, store and viewers do not agree");
    }
    Ok(())
}

/// What is known of a stream.
struct Told {
    stream: Stream,
    keeping: Keeping,
    acknowledged: Bits,
    stored: Bits,
}

/// Compares a ledger with the store of a running server.
pub async fn compare(options: &Options) -> anyhow::Result<Outcome> {
    let server = Url::parse(&options.server)?;
    let mut acknowledged: Vec<Bits> = Vec::new();
    let streams = ledger::read(&options.ledger, |run| {
        if acknowledged.len() <= run.stream {
            acknowledged.resize_with(run.stream + 1, Bits::default);
        }
        (0..run.count).for_each(|n| {
            acknowledged[run.stream].insert(run.first + n * run.stride);
        });
    })?;
    acknowledged.resize_with(streams.len(), Bits::default);
    let mut outcome = Outcome::default();
    let mut assets: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for (stream, acknowledged) in streams.into_iter().zip(acknowledged) {
        let keeping = stream.keeping()?;
        let told = Told { keeping, acknowledged, stored: Bits::default(), stream };
        assets.entry(told.stream.asset.clone()).or_default().push(told);
    }
    let mut sight = options.seen.as_ref().map(|path| Sight::read(path)).transpose()?.unwrap_or_default();
    for (asset, mut told) in assets {
        let mut after = 0;
        let mut seen = sight.of(&asset);
        loop {
            let entries = page(&server, &asset, after).await?;
            let Some(last) = entries.last() else { break };
            let reached = last.seq;
            for kept in entries {
                if kept.seq != after + 1 {
                    outcome.missing += 1;
                    outcome.name(|| format!("{asset}: entry {} is followed by {}", after, kept.seq));
                }
                after = kept.seq;
                let entry = kept.entry().with_context(|| format!("entry {after} of `{asset}`"))?;
                seen.pass(after, &entry);
                stored(&mut told, &entry, &mut outcome);
            }
            after = reached;
        }
        seen.finish(&asset, after, &mut outcome);
        for told in &told {
            missing(told, &mut outcome);
        }
    }
    Ok(outcome)
}

/// Takes down an entry that is stored.
fn stored(told: &mut [Told], entry: &Entry, outcome: &mut Outcome) {
    let What::Sample { signal, value, .. } = &entry.what else { return };
    let Some(told) = told.iter_mut().find(|told| told.stream.number == *signal) else {
        outcome.others += 1;
        return;
    };
    let Stream { start, step, .. } = told.stream;
    let t = entry.t.0;
    let place = t.checked_sub(start).filter(|since| *since >= 0 && since % step == 0);
    let Some(k) = place.map(|since| (since / step) as u64) else {
        outcome.others += 1;
        return;
    };
    outcome.stored += 1;
    let name = |what: &str| format!("{}/{} at {t}: {what}", told.stream.asset, told.stream.signal);
    if !told.stored.insert(k) {
        outcome.doubled += 1;
        outcome.name(|| name("stored twice"));
    }
    if !told.acknowledged.has(k) {
        outcome.unacknowledged += 1;
    }
    let expected = told.keeping.apply(told.stream.wave.value(t));
    if expected.to_bits() != value.to_bits() {
        outcome.altered += 1;
        outcome.name(|| name(&format!("{value} is stored, {expected} was sent")));
    }
}

fn missing(told: &Told, outcome: &mut Outcome) {
    for k in told.acknowledged.iter() {
        outcome.acknowledged += 1;
        if !told.stored.has(k) {
            outcome.missing += 1;
            let Stream { asset, signal, .. } = &told.stream;
            outcome.name(|| format!("{asset}/{signal} at {}: acknowledged and not stored", told.stream.t(k)));
        }
    }
}

#[derive(Deserialize)]
struct Page {
    entries: Vec<Kept>,
}

#[derive(Deserialize)]
struct Kept {
    seq: u64,
    t: i64,
    signal: Option<u16>,
    value: Option<f64>,
    quality: Option<Quality>,
    event: Option<String>,
    kind: Option<String>,
}

impl Kept {
    fn entry(self) -> Option<Entry> {
        let what = match self.event {
            Some(id) => What::Event { id, kind: self.kind?, until: None, note: String::new() },
            None => What::Sample { signal: self.signal?, value: self.value?, quality: self.quality? },
        };
        Some(Entry { t: Timestamp(self.t), what })
    }
}

async fn page(server: &Url, asset: &str, after: u64) -> anyhow::Result<Vec<Kept>> {
    let url = server.at(&format!("/api/v1/samples?asset={asset}&after_seq={after}&limit={PAGE}"));
    let body = http::get(&url).await.with_context(|| format!("the entries of `{asset}` after {after}"))?;
    Ok(serde_json::from_slice::<Page>(&body)?.entries)
}
