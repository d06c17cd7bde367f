//! Events of certain kinds, with what names them.

use rusqlite::params;
use twin::Timestamp;

use super::{Reader, StoreError};

/// An event as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub seq: u64,
    pub t: Timestamp,
    pub id: String,
    pub kind: String,
    pub note: String,
}

impl Reader {
    /// The last events of asset number `asset` of three kinds, newest first; no more than `most`.
    pub fn events_of(&mut self, asset: usize, kinds: &[&str; 3], most: usize) -> Result<Vec<Told>, StoreError> {
        let (view, names, _) = self.view(asset)?;
        let find = "SELECT seq, t, id, kind, note FROM event
            WHERE asset = ?1 AND kind IN (?2, ?3, ?4) ORDER BY seq DESC LIMIT ?5";
        let mut find = view.prepare_cached(find)?;
        let [one, two, three] = kinds;
        let found = find.query_map(params![names.key, one, two, three, most], |row| {
            let (seq, t) = (row.get(0)?, Timestamp(row.get(1)?));
            Ok(Told { seq, t, id: row.get(2)?, kind: row.get(3)?, note: row.get(4)? })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
