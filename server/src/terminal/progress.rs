//! How far a command is, and whether it is to end.

use std::{
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use twin::{Span, Timestamp};

use crate::wording;

/// What is counted while a file is read.
pub const READ: &str = "readings read";

/// How far a command is, and whether it is to end. Any thread may add what it has done.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    known: Mutex<Known>,
    is_stopped: AtomicBool,
}

/// What is known of all there is to do.
#[derive(Debug, Clone, Copy, Default)]
enum Known {
    #[default]
    Nothing,
    /// Not how much it is; what is done is counted in these words.
    Words(&'static str),
    /// How much it is, and which instant of a recording it has come to.
    All(u64, Option<Timestamp>),
}

impl Progress {
    /// Begins to count what is done, as `READ`: nobody knows how many there are.
    pub fn count(&self, words: &'static str) {
        self.stand(0, Known::Words(words));
    }

    /// Begins anew with `all` to do.
    pub fn expect(&self, all: u64) {
        self.stand(0, Known::All(all, None));
    }

    fn stand(&self, done: u64, with: Known) {
        let mut known = self.known();
        self.done.store(done, Ordering::Relaxed);
        *known = with;
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn add(&self, done: u64) {
        self.done.fetch_add(done, Ordering::Relaxed);
    }

    /// Says how much of `all` is done.
    pub fn is_at(&self, done: u64, all: u64) {
        self.stand(done, Known::All(all, None));
    }

    /// Says which instant of a recording it has come to.
    pub fn reach(&self, t: Timestamp) {
        if let Known::All(_, at) = &mut *self.known() {
            *at = Some(t);
        }
    }

    /// 0 to 1; 0 where it is not known how much there is to do.
    pub fn share(&self) -> f64 {
        match *self.known() {
            Known::All(all, _) => (self.done.load(Ordering::Relaxed) as f64 / all.max(1) as f64).min(1.0),
            Known::Nothing | Known::Words(_) => 0.0,
        }
    }

    pub fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = *self.known();
        match known {
            Known::Nothing => Ok(()),
            Known::Words(words) => write!(f, "{words}: {}", self.done.load(Ordering::Relaxed)),
            Known::All(_, at) => {
                write!(f, "{:3.0} %", 100.0 * self.share())?;
                // Parts of a second would only flicker.
                at.map_or(Ok(()), |t| write!(f, ", {}", wording::time(Timestamp(t.0 - t.0.rem_euclid(Span::SECOND.0)))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_said() {
        let progress = Progress::default();
        let mut said = vec![progress.to_string()];
        progress.count(READ);
        progress.add(1_200);
        progress.reach(Timestamp(0));
        said.push(progress.to_string());
        progress.expect(300);
        progress.add(99);
        said.push(progress.to_string());
        progress.reach(Timestamp(1_206_975_000_900_000));
        said.push(progress.to_string());
        progress.add(1_000);
        said.push(progress.to_string());
        let at = "2008-03-31T14:50:00Z";
        assert_eq!(said, ["", "readings read: 1200", " 33 %", &format!(" 33 %, {at}"), &format!("100 %, {at}")]);
    }
}
