//! What this tab does, in numbers: rows for the panel that `public/diagnostics.js` fills once somebody opens it.
//!
//! It counts what the socket brings, and looks at nothing else before it is asked.

use std::cell::Cell;

use leptos::prelude::GetUntracked;
use twin::{KERNEL_VERSION, Span};
use wire::ServerFrame;

use super::{
    clock,
    workers::{self, Counts},
};
use crate::{
    live::{
        Live,
        held::{KINDS, held},
        verification::Verification,
    },
    wording,
};

/// What came since the page was opened.
#[derive(Debug, Clone, Copy)]
struct Traffic {
    at_millis: f64,
    frames: f64,
    samples: f64,
    bytes: f64,
    /// Sockets that were opened.
    sockets: u32,
}

const NONE: Traffic = Traffic { at_millis: 0.0, frames: 0.0, samples: 0.0, bytes: 0.0, sockets: 0 };

thread_local! {
    static TRAFFIC: Cell<Traffic> = const { Cell::new(NONE) };
    /// As it stood when it was last asked for.
    static BEFORE: Cell<Traffic> = const { Cell::new(NONE) };
}

/// A socket was opened.
pub fn opened() {
    let traffic = TRAFFIC.get();
    TRAFFIC.set(Traffic { sockets: traffic.sockets + 1, ..traffic });
}

/// A frame of so many bytes came.
pub fn heard(frame: &ServerFrame, bytes: usize) {
    let before = TRAFFIC.get();
    let new = if let ServerFrame::Samples(batch) = frame { batch.entries.len() } else { 0 };
    let (samples, bytes) = (before.samples + new as f64, before.bytes + bytes as f64);
    TRAFFIC.set(Traffic { frames: before.frames + 1.0, samples, bytes, ..before });
}

/// A name and a value a line, a tab between. Rates are those since it was asked the last time.
pub fn rows(live: Live) -> String {
    let now = Traffic { at_millis: clock::precise_millis(), ..TRAFFIC.get() };
    let before = BEFORE.replace(now);
    let secs = ((now.at_millis - before.at_millis) / 1_000.0).max(0.001);
    let rate = |now: f64, before: f64| wording::number((now - before) / secs, 1);
    let mut text = String::new();
    let mut row = |name: &str, value: &[&str]| {
        text += name;
        text += "\t";
        value.iter().for_each(|part| text += part);
        text += "\n";
    };
    row("Link", &[live.link.get_untracked().word()]);
    row("Reconnects", &[&now.sockets.saturating_sub(1).to_string()]);
    row("Frames", &[&rate(now.frames, before.frames), " /s"]);
    row("Samples", &[&rate(now.samples, before.samples), " /s"]);
    row("Bytes", &[&rate(now.bytes / 1_000.0, before.bytes / 1_000.0), " kB/s"]);
    live.fleet(|fleet| {
        let ages = fleet.assets().filter_map(|asset| asset.age(fleet.asset_now(asset)));
        let (youngest, oldest) = ages.fold((None, None), |(low, high): (Option<Span>, Option<Span>), age| {
            (Some(low.map_or(age, |low| low.min(age))), high.max(Some(age)))
        });
        let secs = |age: Option<Span>| age.map_or(wording::NOTHING.to_string(), |age| wording::number(age.secs(), 1));
        row("Behind the assets' clocks", &[&secs(youngest), " to ", &secs(oldest), " s"]);
        let (mut twins, mut verified, mut differ) = (0u64, 0u64, 0u64);
        let (mut taken, mut again, mut late, mut refused) = (0, 0, 0, 0);
        for asset in fleet.assets() {
            if let Some(twin) = &asset.twin {
                let counts = twin.counts();
                twins += 1;
                taken += counts.assimilated;
                again += counts.rerun;
                late += counts.too_late;
                refused += counts.refused;
            }
            match asset.verification() {
                Verification::Verified { .. } => verified += 1,
                Verification::Differs { .. } => differ += 1,
                _ => {}
            }
        }
        let of = |n: u64| wording::count(n);
        row("Assets", &[&of(fleet.order.len() as u64), ", with a twin ", &of(twins)]);
        row("Twins' steps", &[&of(taken), ", of late entries ", &of(again)]);
        row("Entries no twin took", &[&of(late), " too late, ", &of(refused), " refused"]);
        row(
            "Kernel",
            &["version ", &of(KERNEL_VERSION.into()), ", ", &of(verified), " verified, ", &of(differ), " differ"],
        );
        for (kind, held) in KINDS.iter().zip(held(fleet)) {
            row(&["Held: ", kind].concat(), &[&of(held.used as u64), " of ", &of(held.bound as u64)]);
        }
    });
    let Counts { running, errands, reports } = workers::counts();
    let of = wording::count;
    row("Workers", &[&of(running as u64), " running, ", &of(errands), " errands, ", &of(reports), " reports"]);
    row("Program memory", &[&wording::bytes(workers::memory_bytes() as u64)]);
    text
}
