//! What a load run comes to: counts, durations, and how it is told.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde::Serialize;

use super::histogram::Histogram;

/// What publishers and viewers count while they run.
#[derive(Debug, Default)]
pub struct Tally {
    pub samples: AtomicU64,
    pub messages: AtomicU64,
    /// Messages that the server had no room for, each time.
    pub busy: AtomicU64,
    /// Messages that the server refused for good.
    pub refused: AtomicU64,
    pub reconnects: AtomicU64,
    pub frames: AtomicU64,
    pub coalesced: AtomicU64,
    pub snapshots: AtomicU64,
    to_acknowledgement: Mutex<Histogram>,
    to_viewer: Mutex<Histogram>,
}

impl Tally {
    pub fn acknowledged(&self, samples: u64, took: impl IntoIterator<Item = Duration>) {
        self.samples.fetch_add(samples, Ordering::Relaxed);
        let mut histogram = self.to_acknowledgement.lock().expect("no one panics while counting");
        for took in took {
            self.messages.fetch_add(1, Ordering::Relaxed);
            histogram.add(took);
        }
    }

    pub fn seen(&self, took: Duration) {
        self.to_viewer.lock().expect("no one panics while counting").add(took);
    }

    pub fn count(&self, what: &AtomicU64) {
        what.fetch_add(1, Ordering::Relaxed);
    }

    /// The end of it, after `secs`; `behind` is how many entries the viewers had not seen at the end.
    pub fn report(&self, secs: f64, unacknowledged: u64, behind: u64) -> Report {
        let read = |what: &AtomicU64| what.load(Ordering::Relaxed);
        let acknowledgement = self.to_acknowledgement.lock().expect("no one panics while counting");
        let viewer = self.to_viewer.lock().expect("no one panics while counting");
        Report {
            samples: read(&self.samples),
            messages: read(&self.messages),
            secs,
            samples_per_sec: read(&self.samples) as f64 / secs.max(1e-9),
            ack_p50_ms: acknowledgement.quantile_millis(0.5),
            ack_p99_ms: acknowledgement.quantile_millis(0.99),
            ack_max_ms: acknowledgement.quantile_millis(1.0),
            busy: read(&self.busy),
            refused: read(&self.refused),
            unacknowledged,
            reconnects: read(&self.reconnects),
            frames: read(&self.frames),
            coalesced: read(&self.coalesced),
            snapshots: read(&self.snapshots),
            viewer_p50_ms: viewer.quantile_millis(0.5),
            viewer_p99_ms: viewer.quantile_millis(0.99),
            viewers_behind: behind,
        }
    }
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub samples: u64,
    pub messages: u64,
    pub secs: f64,
    pub samples_per_sec: f64,
    pub ack_p50_ms: f64,
    pub ack_p99_ms: f64,
    pub ack_max_ms: f64,
    pub busy: u64,
    pub refused: u64,
    pub unacknowledged: u64,
    pub reconnects: u64,
    pub frames: u64,
    pub coalesced: u64,
    pub snapshots: u64,
    pub viewer_p50_ms: f64,
    pub viewer_p99_ms: f64,
    pub viewers_behind: u64,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Report { samples, messages, secs, .. } = self;
        writeln!(f, "acknowledged    {samples} samples in {messages} messages, {secs:.2} s")?;
        writeln!(f, "rate            {:.0} samples/s", self.samples_per_sec)?;
        let (p50, p99, max) = (self.ack_p50_ms, self.ack_p99_ms, self.ack_max_ms);
        writeln!(f, "publish to ack  p50 {p50:.2} ms, p99 {p99:.2} ms, max {max:.2} ms")?;
        let (busy, refused, open) = (self.busy, self.refused, self.unacknowledged);
        writeln!(f, "refused         {busy} for want of room and sent again, {refused} for good, {open} unanswered")?;
        writeln!(f, "reconnects      {}", self.reconnects)?;
        let (frames, coalesced, snapshots) = (self.frames, self.coalesced, self.snapshots);
        writeln!(f, "viewers         {frames} frames, {coalesced} coalesced, {snapshots} snapshots")?;
        let (p50, p99) = (self.viewer_p50_ms, self.viewer_p99_ms);
        write!(f, "viewers' lag    p50 {p50:.2} ms, p99 {p99:.2} ms, {} entries at the end", self.viewers_behind)
    }
}
