//! What all publishers and viewers of a run share, and the messages that one publisher has to send.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

use super::{
    ledger::Ledger,
    plan::Plan,
    source::{Message, Source, write_body},
    tally::Tally,
    wave::mix,
};

/// No probe is under way.
const NONE: i64 = i64::MIN;

/// One run.
#[derive(Debug)]
pub struct Site {
    pub plan: Arc<Plan>,
    pub tally: Tally,
    pub ledger: Option<Ledger>,
    /// Samples that are still to be sent.
    pub left: AtomicI64,
    /// Nothing new is sent from now on; what is under way is finished.
    pub ended: CancellationToken,
    /// How long a server that does not answer is waited for.
    pub patience: Duration,
    /// Connections end after about so long, where they do.
    pub churn: Option<Duration>,
    pub probes: Vec<Probe>,
    pub faults: Mutex<Vec<String>>,
}

/// One sample of a stream that is on its way to a viewer.
#[derive(Debug)]
pub struct Probe {
    t: AtomicI64,
    sent: Mutex<Instant>,
}

impl Site {
    /// Writes down that these were acknowledged, then counts them.
    pub fn acknowledged(&self, messages: &[(Message, Instant)]) -> std::io::Result<()> {
        if messages.is_empty() {
            return Ok(());
        }
        if let Some(ledger) = &self.ledger {
            ledger.write(messages.iter().map(|(message, _)| message))?;
        }
        let samples = messages.iter().map(|(message, _)| message.samples()).sum();
        self.tally.acknowledged(samples, messages.iter().map(|(_, sent)| sent.elapsed()));
        Ok(())
    }

    /// Sends a probe along with a message, where none is under way.
    pub fn probe(&self, message: &Message, now: Instant) {
        for run in &message.runs {
            let Some(probe) = self.probes.get(run.stream) else { return };
            if probe.t.load(Ordering::Acquire) == NONE {
                *probe.sent.lock().expect("no one panics with a probe in hand") = now;
                probe.t.store(self.plan.streams[run.stream].t(run.first), Ordering::Release);
            }
        }
    }

    /// A viewer saw the sample of stream number `stream` at `t`.
    pub fn saw(&self, stream: usize, t: i64) {
        let Some(probe) = self.probes.get(stream) else { return };
        if probe.t.load(Ordering::Acquire) == t {
            let sent = *probe.sent.lock().expect("no one panics with a probe in hand");
            self.tally.seen(sent.elapsed());
            probe.t.store(NONE, Ordering::Release);
        }
    }

    /// A viewer saw what stands for many samples of these streams.
    pub fn saw_all(&self, streams: impl Iterator<Item = usize>) {
        for stream in streams {
            let t = self.probes.get(stream).map_or(NONE, |probe| probe.t.load(Ordering::Acquire));
            if t != NONE {
                self.saw(stream, t);
            }
        }
    }

    /// The run cannot go on as it was meant to.
    pub fn fault(&self, why: String) {
        self.faults.lock().expect("no one panics with the faults in hand").push(why);
        self.ended.cancel();
    }

    /// When a connection is to end: between half and one and a half times the mean, by chance from `seed`.
    pub fn end_of_connection(&self, seed: u64) -> Instant {
        match self.churn {
            None => Instant::now() + Duration::from_secs(1 << 30),
            Some(mean) => Instant::now() + mean.mul_f64(0.5 + (mix(seed) % 1000) as f64 / 1000.0),
        }
    }
}

impl Default for Probe {
    fn default() -> Probe {
        Probe { t: AtomicI64::new(NONE), sent: Mutex::new(Instant::now()) }
    }
}

/// What there is to send just now.
pub enum Offer {
    /// With its body, where that was built before.
    Now(Message, Option<Vec<u8>>),
    At(Instant),
    Over,
}

/// The messages of one publisher, at its pace.
pub struct Outbox {
    pub site: Arc<Site>,
    source: Source,
    /// From one message to the next.
    every: Duration,
    due: Instant,
    prepared: VecDeque<(Message, Vec<u8>)>,
    /// What was sent and not acknowledged.
    again: VecDeque<Message>,
    /// What is drawn and not due yet.
    drawn: Option<Message>,
}

impl Outbox {
    pub fn new(site: Arc<Site>, source: Source, every: Duration, first: Instant) -> Outbox {
        Outbox { site, source, every, due: first, prepared: VecDeque::new(), again: VecDeque::new(), drawn: None }
    }

    /// Builds the bodies of so many samples beforehand.
    pub fn prepare(&mut self, samples: u64) {
        let mut built = 0;
        while built < samples {
            let message = self.source.make();
            let mut body = Vec::new();
            write_body(&self.site.plan, self.source.door(), &message, &mut body);
            built += message.samples();
            self.prepared.push_back((message, body));
        }
    }

    /// Appends the body of a message.
    pub fn write(&self, message: &Message, into: &mut Vec<u8>) {
        write_body(&self.site.plan, self.source.door(), message, into);
    }

    pub fn offer(&mut self, now: Instant) -> Offer {
        if let Some(message) = self.again.pop_front() {
            return Offer::Now(message, None);
        }
        let is_over = self.site.ended.is_cancelled();
        if self.due > now && !is_over {
            return Offer::At(self.due);
        }
        let is_drawn = self.drawn.is_some();
        let drawn = self.drawn.take().map(|message| (message, None)).or_else(|| self.draw(is_over));
        let Some((message, body)) = drawn else { return Offer::Over };
        if !is_drawn && body.is_none() && !is_over {
            let due = message.runs.iter().map(|run| {
                let t = self.site.plan.streams[run.stream].t(run.last());
                self.site.plan.due(run.stream, t)
            });
            if let Some(due) = due.max().filter(|due| *due > now) {
                self.drawn = Some(message);
                self.due = due;
                return Offer::At(due);
            }
        }
        self.due += self.every;
        if self.every.is_zero() {
            self.due = now;
        }
        Offer::Now(message, body)
    }

    /// Takes back what was not acknowledged, to be sent again before anything else.
    pub fn take_back(&mut self, messages: impl DoubleEndedIterator<Item = Message>) {
        messages.rev().for_each(|message| self.again.push_front(message));
    }

    /// Messages that were sent and will not be sent again.
    pub fn unacknowledged(&self) -> u64 {
        self.again.len() as u64
    }

    fn draw(&mut self, is_over: bool) -> Option<(Message, Option<Vec<u8>>)> {
        if is_over {
            return None;
        }
        if let Some((message, body)) = self.prepared.pop_front() {
            self.site.left.fetch_sub(message.samples() as i64, Ordering::Relaxed);
            return Some((message, Some(body)));
        }
        if self.site.left.load(Ordering::Relaxed) <= 0 {
            return self.source.rest().map(|message| (message, None));
        }
        let message = self.source.make();
        self.site.left.fetch_sub(message.samples() as i64, Ordering::Relaxed);
        Some((message, None))
    }
}
