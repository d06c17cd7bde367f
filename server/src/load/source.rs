//! What a publisher sends next, in which order, and the bytes of it.

use std::collections::VecDeque;

use super::{
    plan::{Lane, Plan},
    wave::{mix, whole},
};

/// So many messages pass before one that was held back goes out.
const HELD_FOR: usize = 8;

/// By which door a publisher comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Mqtt,
    Json,
    /// Line protocol; the fields of one instant on one line, or each on a line of its own.
    Line {
        is_apart: bool,
    },
}

/// Samples `first`, `first + stride`, ... of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub stream: usize,
    pub first: u64,
    pub stride: u64,
    pub count: u64,
}

impl Run {
    pub fn last(&self) -> u64 {
        self.first + (self.count - 1) * self.stride
    }
}

/// What is acknowledged as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub runs: Vec<Run>,
}

impl Message {
    pub fn samples(&self) -> u64 {
        self.runs.iter().map(|run| run.count).sum()
    }
}

/// Shares of messages, from 0 to 1, that do not come as they should.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disorder {
    pub late: f64,
    pub twice: f64,
    pub swapped: f64,
}

/// The messages of one publisher.
pub struct Source {
    door: Door,
    samples: u64,
    lanes: Vec<Lane>,
    /// By lane: how many samples of it went out.
    sent: Vec<u64>,
    turn: usize,
    disorder: Disorder,
    chance: u64,
    held: VecDeque<(usize, Message)>,
    waiting: VecDeque<Message>,
}

impl Source {
    pub fn new(door: Door, samples: u64, lanes: Vec<Lane>, disorder: Disorder, seed: u64) -> Source {
        let sent = vec![0; lanes.len()];
        let (held, waiting) = (VecDeque::new(), VecDeque::new());
        Source { door, samples: samples.max(1), lanes, sent, turn: 0, disorder, chance: seed, held, waiting }
    }

    pub fn door(&self) -> Door {
        self.door
    }

    /// The next message.
    pub fn make(&mut self) -> Message {
        self.held.iter_mut().for_each(|(rounds, _)| *rounds = rounds.saturating_sub(1));
        if self.held.front().is_some_and(|(rounds, _)| *rounds == 0)
            && let Some((_, message)) = self.held.pop_front()
        {
            return message;
        }
        if let Some(message) = self.waiting.pop_front() {
            return message;
        }
        let mut message = self.fresh();
        if self.is_one_of(self.disorder.late) {
            self.held.push_back((HELD_FOR, message));
            message = self.fresh();
        }
        if self.is_one_of(self.disorder.swapped) {
            let next = self.fresh();
            self.waiting.push_back(std::mem::replace(&mut message, next));
        }
        if self.is_one_of(self.disorder.twice) {
            self.waiting.push_back(message.clone());
        }
        message
    }

    /// What is held back, once no more is wanted.
    pub fn rest(&mut self) -> Option<Message> {
        self.waiting.pop_front().or_else(|| self.held.pop_front().map(|(_, message)| message))
    }

    fn fresh(&mut self) -> Message {
        let lanes = self.lanes.len() as u64;
        let (wide, count) = match self.door {
            Door::Mqtt => (1, self.samples),
            Door::Json | Door::Line { .. } => (lanes.min(self.samples), (self.samples / lanes).max(1)),
        };
        let mut runs = Vec::with_capacity(wide as usize);
        for _ in 0..wide {
            let Lane { stream, place, stride } = self.lanes[self.turn];
            runs.push(Run { stream, first: place + self.sent[self.turn] * stride, stride, count });
            self.sent[self.turn] += count;
            self.turn = (self.turn + 1) % self.lanes.len();
        }
        Message { runs }
    }

    fn is_one_of(&mut self, share: f64) -> bool {
        if share <= 0.0 {
            return false;
        }
        self.chance = mix(self.chance);
        ((self.chance >> 11) as f64 / (1u64 << 53) as f64) < share
    }
}

/// The topic of a message over MQTT.
pub fn topic(plan: &Plan, message: &Message) -> String {
    let stream = &plan.streams[message.runs[0].stream];
    format!("twinlight/v1/{}/{}", stream.asset, stream.signal)
}

/// Appends the payload or body of a message.
pub fn write_body(plan: &Plan, door: Door, message: &Message, into: &mut Vec<u8>) {
    match door {
        Door::Mqtt | Door::Json => json(plan, door == Door::Json, message, into),
        Door::Line { is_apart } => lines(plan, is_apart, message, into),
    }
}

fn json(plan: &Plan, is_placed: bool, message: &Message, into: &mut Vec<u8>) {
    let places: Vec<String> = message
        .runs
        .iter()
        .map(|run| match (is_placed, &plan.streams[run.stream]) {
            (true, stream) => format!(r#"{{"asset":"{}","signal":"{}","t":"#, stream.asset, stream.signal),
            (false, _) => r#"{"t":"#.to_string(),
        })
        .collect();
    into.push(b'[');
    for n in 0..message.runs.iter().map(|run| run.count).max().unwrap_or(0) {
        for (run, place) in message.runs.iter().zip(&places).filter(|(run, _)| n < run.count) {
            let stream = &plan.streams[run.stream];
            let t = stream.t(run.first + n * run.stride);
            into.extend_from_slice(place.as_bytes());
            instant(into, t);
            into.extend_from_slice(br#","v":"#);
            stream.wave.write(into, t);
            into.extend_from_slice(b"},");
        }
    }
    if into.last() == Some(&b',') {
        into.pop();
    }
    into.push(b']');
}

fn lines(plan: &Plan, is_apart: bool, message: &Message, into: &mut Vec<u8>) {
    for n in 0..message.runs.iter().map(|run| run.count).max().unwrap_or(0) {
        let mut open: Option<(&str, i64)> = None;
        for run in message.runs.iter().filter(|run| n < run.count) {
            let stream = &plan.streams[run.stream];
            let t = stream.t(run.first + n * run.stride);
            if !is_apart && open == Some((&stream.asset, t)) {
                into.push(b',');
            } else {
                close(into, open);
                into.extend_from_slice(stream.asset.as_bytes());
                into.push(b' ');
                open = Some((&stream.asset, t));
            }
            into.extend_from_slice(stream.signal.as_bytes());
            into.push(b'=');
            stream.wave.write(into, t);
        }
        close(into, open);
    }
}

/// Ends a line with its time in nanoseconds.
fn close(into: &mut Vec<u8>, open: Option<(&str, i64)>) {
    if let Some((_, t)) = open {
        into.push(b' ');
        instant(into, t);
        into.extend_from_slice(b"000\n");
    }
}

fn instant(into: &mut Vec<u8>, t: i64) {
    if t < 0 {
        into.push(b'-');
    }
    whole(into, t.unsigned_abs());
}
