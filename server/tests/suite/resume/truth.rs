//! What the store has, and where a viewer was shown something else.

use std::{collections::BTreeMap, net::SocketAddr};

use serde_json::Value;
use twin::Timestamp;
use wire::{
    Entry, What,
    frame::{CoalescedEvent, CoalescedSignal, Latest},
};

use super::follower::{Shown, Span};
use crate::support::ask;

/// Every entry of each asset, in order of seq from 1 on.
pub async fn all(http: SocketAddr, assets: &[&str]) -> Vec<Vec<Entry>> {
    let mut kept = Vec::new();
    for asset in assets {
        let mut entries = Vec::new();
        loop {
            let path = format!("/api/v1/samples?asset={asset}&after_seq={}&limit=10000", entries.len());
            let answer = ask(http, "GET", &path, &[], "").await;
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            let found = body["entries"].as_array().unwrap();
            if found.is_empty() {
                break;
            }
            for value in found {
                entries.push(entry(value));
                assert_eq!(value["seq"], entries.len(), "seqs are dense");
            }
        }
        kept.push(entries);
    }
    kept
}

fn entry(value: &Value) -> Entry {
    let text = |name: &str| value[name].as_str().unwrap().to_string();
    let what = match value["signal"].as_u64() {
        Some(signal) => What::Sample {
            signal: signal as u16,
            value: value["value"].as_f64().unwrap(),
            quality: serde_json::from_value(value["quality"].clone()).unwrap(),
        },
        None => What::Event {
            id: text("event"),
            kind: text("kind"),
            until: value["until"].as_i64().map(Timestamp),
            note: text("note"),
        },
    };
    Entry { t: Timestamp(value["t"].as_i64().unwrap()), what }
}

/// Every entry that is missing, doubled, altered or out of order, and every span that stands for something else.
pub fn compare(kept: &[Vec<Entry>], shown: &[Shown]) -> Vec<String> {
    let mut faults = Vec::new();
    for (kept, shown) in kept.iter().zip(shown) {
        faults.extend(shown.faults.iter().cloned());
        let mut times = vec![0; kept.len() + 1];
        let mut before = 0;
        for (seq, entry) in &shown.entries {
            match kept.get(*seq as usize - 1) {
                None => faults.push(format!("entry {seq} is not in the store")),
                Some(own) if own != entry => faults.push(format!("entry {seq} is {own:?}, shown was {entry:?}")),
                Some(_) => times[*seq as usize] += 1,
            }
            if *seq <= before {
                faults.push(format!("entry {seq} was shown after {before}"));
            }
            before = *seq;
        }
        for span in &shown.spans {
            (span.from_seq..=span.to_seq).for_each(|seq| times[seq as usize] += 1);
            let own = standing_for(kept, span.from_seq, span.to_seq);
            if (&own.signals, &own.events) != (&span.signals, &span.events) {
                faults.push(format!("shown was {span:?}, which is {own:?}"));
            }
        }
        for (seq, times) in times.iter().enumerate().skip(1).filter(|(_, times)| **times != 1) {
            faults.push(format!("entry {seq} was shown {times} times"));
        }
    }
    faults
}

/// What stands for a run of entries, worked out from the entries themselves.
fn standing_for(kept: &[Entry], from_seq: u64, to_seq: u64) -> Span {
    let mut by_signal: BTreeMap<u16, Vec<Latest>> = BTreeMap::new();
    let mut events = Vec::new();
    for seq in from_seq..=to_seq {
        let Entry { t, what } = kept[seq as usize - 1].clone();
        match what {
            What::Sample { signal, value, quality } => {
                by_signal.entry(signal).or_default().push(Latest { signal, t, value, quality });
            }
            What::Event { id, kind, until, note } => events.push(CoalescedEvent { seq, t, id, kind, until, note }),
        }
    }
    let signals = by_signal.into_values().map(|samples| CoalescedSignal {
        newest: *samples.iter().max_by_key(|sample| sample.t).unwrap(),
        min: samples.iter().map(|sample| sample.value).fold(f64::INFINITY, f64::min),
        max: samples.iter().map(|sample| sample.value).fold(f64::NEG_INFINITY, f64::max),
        count: samples.len() as u64,
    });
    Span { from_seq, to_seq, signals: signals.collect(), events }
}
