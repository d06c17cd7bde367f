//! What was learned from recordings: sealed by `learn`, evaluated here a row at a time, the same bits on every machine.
//!
//! `Learned` never changes. What it knows of one asset is a `Course`, which is told each row as it comes and is asked.

pub mod fade;
pub mod interval;
pub mod life;
pub mod net;
pub mod numbers;
pub mod outlook;
pub mod scaling;
mod seal;
pub mod soft;
pub mod trees;
pub mod window;

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

pub use seal::{LARGEST, SealError};

use self::outlook::Ahead;

/// No course has more bytes.
pub const LARGEST_COURSE: usize = 256 * 1_024;

/// Something learned, and the names of what it is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    inputs: Vec<String>,
    kind: Kind,
}

/// What was learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    /// How long an asset lasts, from assets that ran until they failed.
    Life(life::Life),
    /// What channels will do.
    Outlook(outlook::Outlook),
    /// How something fades with use.
    Fade(fade::Fade),
    /// A reading that no sensor gives.
    Soft(soft::Soft),
}

/// What is known of one asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Course {
    Life(life::Course),
    Outlook(outlook::Course),
    Fade(fade::Course),
    Soft(soft::Course),
}

/// Rows until the end of life: the middle, and the ends of a 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Remaining {
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

impl Learned {
    /// What was learned, if it can be evaluated.
    pub fn new(inputs: Vec<String>, kind: Kind) -> Result<Learned, SealError> {
        Learned { inputs, kind }.checked()
    }

    /// What each number of a row is.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// A course that no row has come to; `first` is the place in time of the row that comes first, in rows.
    pub fn begin(&self, first: i64) -> Course {
        match &self.kind {
            Kind::Life(life) => Course::Life(life.signs.begin()),
            Kind::Outlook(outlook) => Course::Outlook(outlook.begin(first)),
            Kind::Fade(fade) => Course::Fade(fade.begin()),
            Kind::Soft(soft) => Course::Soft(soft.begin()),
        }
    }

    /// Takes in a row; a number that is missing is NaN. A row of another length and a course of another kind stay as they are.
    pub fn step(&self, course: &mut Course, row: &[f64]) {
        if row.len() != self.inputs.len() {
            return;
        }
        match (&self.kind, course) {
            (Kind::Life(life), Course::Life(course)) => life.signs.step(course, row),
            (Kind::Outlook(outlook), Course::Outlook(course)) => outlook.step(course, row),
            (Kind::Fade(fade), Course::Fade(course)) => fade.step(course, row),
            (Kind::Soft(soft), Course::Soft(course)) => soft.step(course, row),
            _ => {}
        }
    }

    /// Takes in what a reference read at the newest row, where one is of use.
    pub fn refer(&self, course: &mut Course, reference: f64) {
        if let (Kind::Soft(soft), Course::Soft(course)) = (&self.kind, course) {
            soft.refer(course, reference);
        }
    }

    /// How many rows are left, of what has an end of life.
    pub fn remaining_life(&self, course: &Course) -> Option<Remaining> {
        match (&self.kind, course) {
            (Kind::Life(life), Course::Life(course)) => life.remaining(course),
            (Kind::Fade(fade), Course::Fade(course)) => fade.remaining(course),
            _ => None,
        }
    }

    /// The rows ahead of input `place`, of what has an outlook.
    pub fn forecast(&self, course: &Course, place: usize) -> Option<Vec<Ahead>> {
        match (&self.kind, course) {
            (Kind::Outlook(outlook), Course::Outlook(course)) => outlook.ahead(course, place),
            _ => None,
        }
    }

    /// What no sensor reads, at the newest row.
    pub fn estimate(&self, course: &Course) -> Option<f64> {
        match (&self.kind, course) {
            (Kind::Soft(soft), Course::Soft(course)) => soft.estimate(course),
            _ => None,
        }
    }

    /// The course that these bytes are, where it is one of this.
    pub fn restore(&self, bytes: &[u8]) -> Option<Course> {
        let (course, []) = postcard::take_from_bytes(bytes).ok()? else { return None };
        let fits = match (&self.kind, &course) {
            (Kind::Life(life), Course::Life(course)) => life.fits(course),
            (Kind::Outlook(outlook), Course::Outlook(course)) => outlook.fits(course),
            (Kind::Fade(_), Course::Fade(_)) => true,
            (Kind::Soft(soft), Course::Soft(course)) => soft.fits(course),
            _ => false,
        };
        fits.then_some(course)
    }

    fn checked(self) -> Result<Learned, SealError> {
        let inputs = self.inputs.len();
        let of_kind = |inputs| match &self.kind {
            Kind::Life(life) => life.check(inputs).map(|()| life.state_bytes()),
            Kind::Outlook(outlook) => outlook.check(inputs).map(|()| outlook.state_bytes()),
            Kind::Fade(fade) => fade.check(inputs).map(|()| size_of::<fade::Course>()),
            Kind::Soft(soft) => soft.check(inputs).map(|()| soft.state_bytes()),
        };
        let named =
            sound(inputs <= 1_024 && self.inputs.iter().all(|name| name.len() <= 256), "too many inputs, or names");
        let bytes = named.and_then(|()| of_kind(inputs)).map_err(SealError::Malformed)?;
        if bytes > LARGEST_COURSE {
            return Err(SealError::Malformed("what it has to know of an asset is too much"));
        }
        Ok(self)
    }
}

impl Course {
    /// The course as bytes, which `Learned::restore` reads.
    pub fn save(&self) -> Vec<u8> {
        postcard::to_extend(self, Vec::new()).unwrap_or_default()
    }
}

/// Whether something is as it has to be, and what is wrong where it is not.
fn sound(is_sound: bool, wrong: &'static str) -> Result<(), &'static str> {
    if is_sound { Ok(()) } else { Err(wrong) }
}
