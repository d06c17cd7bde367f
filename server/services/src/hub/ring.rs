//! The last frames of one asset, bounded in number and bytes.

use std::collections::VecDeque;

use super::{Carries, Position, Published};

/// How many frames of an asset wait for a slow listener before it misses some.
const MOST_FRAMES: usize = 1_024;
/// How many bytes these may have in all.
const MOST_BYTES: usize = 1024 * 1024;

#[derive(Debug, Default)]
pub struct Ring {
    frames: VecDeque<Published>,
    /// How many frames were before the first that is kept.
    first: u64,
    bytes: usize,
}

impl Ring {
    pub fn push(&mut self, published: Published) {
        self.bytes += published.frame.len();
        self.frames.push_back(published);
        // A frame above the bound by itself stays until the next one comes.
        while self.frames.len() > MOST_FRAMES || (self.bytes > MOST_BYTES && self.frames.len() > 1) {
            self.drop_first();
        }
    }

    /// Counts a frame that nobody was there to hear, and forgets those before it.
    pub fn skip(&mut self) {
        self.first = self.end().0 + 1;
        self.frames = VecDeque::new();
        self.bytes = 0;
    }

    pub fn end(&self) -> Position {
        Position(self.first + self.frames.len() as u64)
    }

    /// The frame at `position`: `Ok(None)` where it has not come yet, an error where it is gone.
    pub fn get(&self, position: Position) -> Result<Option<&Published>, Missed> {
        let index = position.0.checked_sub(self.first).ok_or(Missed)?;
        Ok(self.frames.get(index as usize))
    }

    pub fn since(&self, position: Position) -> Option<u64> {
        (position.0 >= self.first).then(|| self.end().0.saturating_sub(position.0))
    }

    /// From where the frames carry every entry after seq `after`, none being missing.
    pub fn after(&self, after: u64) -> Option<Position> {
        let entries = |published: &Published| match published.carries {
            Carries::Entries { first_seq, last_seq } => Some((first_seq, last_seq)),
            Carries::Checkpoint | Carries::Clock => None,
        };
        let (first_seq, _) = self.frames.iter().find_map(entries)?;
        let (_, last_seq) = self.frames.iter().rev().find_map(entries)?;
        if after + 1 < first_seq || after > last_seq {
            return None;
        }
        // From the newest on: who comes back was hardly away.
        let known = self.frames.iter().rev().position(|it| entries(it).is_some_and(|(_, last)| last <= after));
        let index = known.map_or(0, |from_end| self.frames.len() - from_end);
        Some(Position(self.first + index as u64))
    }

    fn drop_first(&mut self) {
        if let Some(gone) = self.frames.pop_front() {
            self.bytes -= gone.frame.len();
            self.first += 1;
        }
    }
}

/// A frame that is not kept any more.
#[derive(Debug, PartialEq, Eq)]
pub struct Missed;
