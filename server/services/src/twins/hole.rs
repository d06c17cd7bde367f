//! Entries that are not kept any more: a twin goes on after them, and says so.

use crate::store::{Reader, StoreError};

/// The last of the missing entries after seq `after` behind which entries are kept again; `None` where nothing is
/// missing, as nothing later is kept. Of several holes it finds one, and the twin comes to the next later.
pub fn end(reader: &mut Reader, asset: usize, after: u64) -> Result<Option<u64>, StoreError> {
    let mut kept = reader.standing(asset)?.seq;
    let mut missing = after + 1;
    if kept < missing {
        return Ok(None);
    }
    while kept - missing > 1 {
        let middle = missing + (kept - missing) / 2;
        let found = reader.entries(asset, middle - 1, 1)?;
        if found.entries.is_empty() || found.first_seq != middle {
            missing = middle;
        } else {
            kept = middle;
        }
    }
    Ok(Some(missing))
}
