//! What the pictures of the page show, and what each says in words and as a table.

mod courses;
mod hourly;
mod weighed;

use super::Found;
use crate::figures::Pictures;

/// Rows of a picture; with more assets than this the worst are shown.
const ROWS: usize = 12;

pub fn pictures(found: &Found) -> Pictures {
    Pictures { courses: courses::courses(found), weighed: weighed::weighed(found), hourly: hourly::hourly(found) }
}
