//! What was sealed, made ready to read: something of `learned`, or a detector of `streams`.

use alloc::{
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use core::any::Any;

use super::{Ahead, Form, Kind, LARGEST, Notes, Reads, Remaining, Said};
use crate::{
    learned::{self, Course, Learned, SealError},
    streams::{self, Detector},
    time::Timestamp,
};

/// No more rows of nothing are taken in one after another.
const LONGEST_REST: i64 = 1_000;

/// What reads with `sealed`; what is wrong with it where it is neither something learned nor a detector.
pub fn make(sealed: &[u8]) -> Result<Arc<dyn Reads>, String> {
    if sealed.len() > LARGEST {
        return Err(format!("{} bytes are more than the {LARGEST} of a sealed file", sealed.len()));
    }
    // Whatever has a hash in the right place was learned; what has none may still be a detector.
    match Learned::unseal(sealed) {
        Ok(learned) => Ok(Arc::new(learned)),
        Err(SealError::Damaged | SealError::Version { .. }) => match Detector::from_bytes(sealed) {
            Ok(detector) => Ok(Arc::new(detector)),
            Err(_) => Err("neither what `train` seals nor a detector that `detect` saves, of this version".to_string()),
        },
        Err(error) => Err(error.to_string()),
    }
}

/// The notes as what they are, to be changed: the others that have them keep them as they were.
fn change<T: Any + Send + Sync + Clone>(notes: &mut Notes, change: impl FnOnce(&mut T)) {
    if let Some(own) = Arc::get_mut(notes).and_then(|own| own.downcast_mut()) {
        change(own);
    } else if let Some(shared) = notes.downcast_ref::<T>() {
        let mut own = shared.clone();
        change(&mut own);
        *notes = Arc::new(own);
    }
}

impl Reads for Learned {
    fn form(&self) -> Form {
        let kind = match self.kind() {
            learned::Kind::Life(_) => Kind::Life,
            learned::Kind::Outlook(_) => Kind::Outlook,
            learned::Kind::Fade(_) => Kind::Fade,
            learned::Kind::Soft(_) => Kind::Soft,
        };
        let most = if let learned::Kind::Life(life) = self.kind() { Some(life.cap) } else { None };
        Form { kind, names: self.inputs().to_vec(), inputs: self.inputs().len(), states: Vec::new(), most }
    }

    fn begin(&self, first: i64) -> Notes {
        Arc::new(Learned::begin(self, first))
    }

    fn read(&self, notes: &mut Notes, _: Timestamp, row: &[f64], reference: f64) -> Option<Said> {
        change(notes, |course: &mut Course| {
            self.step(course, row);
            Learned::refer(self, course, reference);
        });
        None
    }

    fn refer(&self, notes: &mut Notes, reference: f64) {
        change(notes, |course: &mut Course| Learned::refer(self, course, reference));
    }

    fn rest(&self, notes: &mut Notes, first: i64, rows: i64) {
        if rows > LONGEST_REST && matches!(self.kind(), learned::Kind::Outlook(_)) {
            // Nothing of what it looks at is left.
            *notes = Arc::new(Learned::begin(self, first.saturating_add(rows)));
            return;
        }
        let nothing = alloc::vec![f64::NAN; self.inputs().len()];
        change(notes, |course: &mut Course| (0..rows.min(LONGEST_REST)).for_each(|_| self.step(course, &nothing)));
    }

    fn remaining(&self, notes: &Notes) -> Option<Remaining> {
        self.remaining_life(notes.downcast_ref()?)
    }

    fn estimate(&self, notes: &Notes) -> Option<f64> {
        Learned::estimate(self, notes.downcast_ref()?)
    }

    fn forecast(&self, notes: &Notes, place: usize) -> Option<Vec<Ahead>> {
        Learned::forecast(self, notes.downcast_ref()?, place)
    }

    fn save(&self, notes: &Notes) -> Vec<u8> {
        notes.downcast_ref().map(Course::save).unwrap_or_default()
    }

    fn restore(&self, bytes: &[u8]) -> Option<Notes> {
        Some(Arc::new(Learned::restore(self, bytes)?))
    }
}

impl Reads for Detector {
    fn form(&self) -> Form {
        let kind = match self.kind() {
            streams::Kind::Pattern => Kind::Pattern,
            streams::Kind::Level => Kind::Level,
            streams::Kind::Innovation => Kind::Innovation,
            streams::Kind::Sensor => Kind::Sensor,
            streams::Kind::Window => Kind::Window,
        };
        Form { kind, names: Vec::new(), inputs: self.channels(), states: self.states().to_vec(), most: None }
    }

    fn begin(&self, _: i64) -> Notes {
        Arc::new(self.clone())
    }

    fn read(&self, notes: &mut Notes, t: Timestamp, row: &[f64], reference: f64) -> Option<Said> {
        let mut said = None;
        change(notes, |detector: &mut Detector| {
            said = if detector.kind() == streams::Kind::Sensor {
                detector.step(t, &[row, &[reference]].concat())
            } else {
                detector.step(t, row)
            };
        });
        let streams::Said { ratio, is_alarm, channel, reading, state, .. } = said?;
        Some(Said { ratio: Some(ratio).filter(|ratio| ratio.is_finite()), is_alarm, channel, reading, state })
    }

    /// A reference counts with its row or not at all.
    fn refer(&self, _: &mut Notes, _: f64) {}

    fn rest(&self, notes: &mut Notes, _: i64, rows: i64) {
        // Only windows count what is missing.
        if Detector::kind(self) == streams::Kind::Window {
            let nothing = alloc::vec![f64::NAN; self.channels()];
            // Of a long rest whole windows are left out: those after it begin where they would have.
            let length = self.length() as i64;
            let rows = if rows > 2 * length { length + rows % length } else { rows };
            change(notes, |detector: &mut Detector| {
                for _ in 0..rows {
                    detector.step(Timestamp(0), &nothing);
                }
            });
        }
    }

    fn remaining(&self, _: &Notes) -> Option<Remaining> {
        None
    }

    fn estimate(&self, _: &Notes) -> Option<f64> {
        None
    }

    fn forecast(&self, _: &Notes, _: usize) -> Option<Vec<Ahead>> {
        None
    }

    fn save(&self, notes: &Notes) -> Vec<u8> {
        notes.downcast_ref().map(Detector::to_bytes).unwrap_or_default()
    }

    fn restore(&self, bytes: &[u8]) -> Option<Notes> {
        let detector = Detector::from_bytes(bytes).ok()?;
        let fits = detector.kind() == self.kind() && detector.channels() == self.channels();
        fits.then(|| Arc::new(detector) as Notes)
    }
}
