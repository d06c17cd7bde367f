//! The state of the one socket of a tab: what to do next, and what to say of it. Time is told, never looked up.

use wire::{
    ClientFrame, ServerFrame, StoreId, WireError,
    frame::{ALIVE_EVERY, ServerFrame::*, Subscription},
};

/// Milliseconds on a clock of the caller's that never goes back.
pub type Millis = u64;

/// Silence of this length is said aloud.
pub const DELAYED_AFTER: Millis = (ALIVE_EVERY.0 / 1000) as Millis + 3_000;
/// What is shown is then called stale.
pub const STALE_AFTER: Millis = 15_000;
/// The socket is then given up and another opened.
pub const DEAD_AFTER: Millis = 30_000;
/// A socket that has not opened by then is given up.
pub const OPENING_FOR: Millis = 10_000;
/// Frames taken in before the next acknowledgement.
const ACKNOWLEDGE_EVERY: u64 = 16;
const FIRST_RETRY: Millis = 1_000;
const LONGEST_RETRY: Millis = 8_000;

/// What a page says of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStatus {
    Connecting,
    Live,
    /// Connected, but silent for longer than the server ever is.
    Delayed {
        since: Millis,
    },
    /// Silent for so long that nothing on screen is new.
    Stale {
        since: Millis,
    },
    /// Not connected; the `attempt`-th try begins at `retry_at`.
    Reconnecting {
        attempt: u32,
        retry_at: Millis,
        since: Option<Millis>,
    },
    /// The server speaks another version of frames: the page has to be loaded again.
    Outdated,
    /// No link at all: what is shown is of the past, and replayed.
    Replay,
}

impl LinkStatus {
    /// The status in one lower-case word, as tests and stylesheets know it.
    pub fn word(&self) -> &'static str {
        match self {
            LinkStatus::Connecting => "connecting",
            LinkStatus::Live => "live",
            LinkStatus::Delayed { .. } => "delayed",
            LinkStatus::Stale { .. } => "stale",
            LinkStatus::Reconnecting { .. } => "reconnecting",
            LinkStatus::Outdated => "outdated",
            LinkStatus::Replay => "replay",
        }
    }

    /// When the last frame came, where nothing on screen is new: `now` where none ever did.
    pub fn lost_since(&self, now: Millis) -> Option<Millis> {
        match self {
            LinkStatus::Stale { since } => Some(*since),
            LinkStatus::Reconnecting { since, .. } => Some(since.unwrap_or(now)),
            LinkStatus::Outdated => Some(now),
            LinkStatus::Connecting | LinkStatus::Live | LinkStatus::Delayed { .. } | LinkStatus::Replay => None,
        }
    }
}

/// What the owner of the socket has to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Open,
    Close,
}

/// A frame of the server's, and the acknowledgement that is due with it.
#[derive(Debug, PartialEq)]
pub struct Received {
    pub frame: ServerFrame,
    pub acknowledge: Option<ClientFrame>,
}

#[derive(Debug)]
pub struct Link {
    phase: Phase,
    /// Tries since the last frame.
    attempt: u32,
    last_frame: Option<Millis>,
    frames: u64,
    acknowledged: u64,
    /// Spreads the retries of many tabs.
    seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Waiting { retry_at: Millis },
    Opening { since: Millis },
    Open,
    Outdated,
}

impl Link {
    /// A link that opens at the first tick.
    pub fn new(seed: u64) -> Link {
        Link { phase: Phase::Waiting { retry_at: 0 }, attempt: 0, last_frame: None, frames: 0, acknowledged: 0, seed }
    }

    /// What is due at `now`.
    pub fn tick(&mut self, now: Millis) -> Option<Step> {
        match self.phase {
            Phase::Waiting { retry_at } if now >= retry_at => {
                self.phase = Phase::Opening { since: now };
                self.frames = 0;
                self.acknowledged = 0;
                Some(Step::Open)
            }
            Phase::Opening { since } if now.saturating_sub(since) >= OPENING_FOR => self.give_up(now),
            Phase::Open if self.silence(now) >= DEAD_AFTER => self.give_up(now),
            _ => None,
        }
    }

    /// The first frame of a new socket: go on after the last entry of each asset, if the store is still that one.
    pub fn subscribe(&self, assets: Vec<Subscription>, store_id: StoreId) -> ClientFrame {
        ClientFrame::Subscribe { assets, store_id: Some(store_id) }
    }

    /// Takes in the bytes of one message. An error closes the socket at the next step.
    pub fn receive(&mut self, now: Millis, bytes: &[u8]) -> Result<Received, Step> {
        let frame = match wire::decode::<ServerFrame>(bytes) {
            Ok(frame) => frame,
            Err(WireError::Version { .. }) => {
                self.phase = Phase::Outdated;
                return Err(Step::Close);
            }
            Err(WireError::Malformed) => {
                self.give_up(now);
                return Err(Step::Close);
            }
        };
        if matches!(self.phase, Phase::Opening { .. }) {
            self.phase = Phase::Open;
        }
        // A server that refuses is not to be asked again at once.
        if !matches!(frame, Refused { .. }) {
            self.attempt = 0;
        }
        self.last_frame = Some(now);
        self.frames += 1;
        let is_due = self.frames - self.acknowledged >= ACKNOWLEDGE_EVERY || matches!(frame, Hello { .. });
        let acknowledge = is_due.then(|| {
            self.acknowledged = self.frames;
            ClientFrame::Acknowledge { frames: self.frames }
        });
        Ok(Received { frame, acknowledge })
    }

    /// The socket closed, or never opened.
    pub fn closed(&mut self, now: Millis) {
        if matches!(self.phase, Phase::Opening { .. } | Phase::Open) {
            self.give_up(now);
        }
    }

    /// The network is back, or the page is looked at again: no reason to wait any longer.
    pub fn wake(&mut self, now: Millis) {
        if let Phase::Waiting { .. } = self.phase {
            self.phase = Phase::Waiting { retry_at: now };
        }
    }

    pub fn status(&self, now: Millis) -> LinkStatus {
        let since = self.last_frame;
        match self.phase {
            Phase::Outdated => LinkStatus::Outdated,
            Phase::Opening { .. } | Phase::Waiting { .. } if self.attempt == 0 => LinkStatus::Connecting,
            Phase::Opening { since: retry_at } | Phase::Waiting { retry_at } => {
                LinkStatus::Reconnecting { attempt: self.attempt, retry_at, since }
            }
            Phase::Open => match (self.silence(now), since) {
                (silence, Some(since)) if silence >= STALE_AFTER => LinkStatus::Stale { since },
                (silence, Some(since)) if silence >= DELAYED_AFTER => LinkStatus::Delayed { since },
                _ => LinkStatus::Live,
            },
        }
    }

    fn silence(&self, now: Millis) -> Millis {
        self.last_frame.map_or(0, |last| now.saturating_sub(last))
    }

    fn give_up(&mut self, now: Millis) -> Option<Step> {
        self.attempt += 1;
        self.phase = Phase::Waiting { retry_at: now + self.back_off() };
        Some(Step::Close)
    }

    /// Anything up to a pause that doubles up to a cap: all tabs of a plant lose a server in the same moment.
    fn back_off(&self) -> Millis {
        let whole = (FIRST_RETRY << (self.attempt - 1).min(10)).min(LONGEST_RETRY);
        mix(self.seed.wrapping_add(u64::from(self.attempt))) % (whole + 1)
    }
}

/// Spreads every bit of `seed` over all bits (the finalizer of SplitMix64).
fn mix(seed: u64) -> u64 {
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests;
