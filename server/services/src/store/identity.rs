//! The store's own number, drawn when it is made.

use rusqlite::{Connection, OptionalExtension};
use wire::StoreId;

/// The number of the store behind `connection`, which is drawn and kept where there is none.
pub fn store_id(connection: &Connection) -> Result<StoreId, rusqlite::Error> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS meta (
            name  TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT OR IGNORE INTO meta (name, value) VALUES ('store_id', randomblob(16));",
    )?;
    let find = "SELECT value FROM meta WHERE name = 'store_id' AND length(value) = 16";
    let kept: Option<[u8; 16]> = connection.query_row(find, [], |row| row.get(0)).optional()?;
    // Damaged: nobody's seqs are to be trusted any more.
    let Some(bytes) = kept else {
        connection.execute("UPDATE meta SET value = randomblob(16) WHERE name = 'store_id'", [])?;
        return connection.query_row(find, [], |row| row.get(0)).map(StoreId);
    };
    Ok(StoreId(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_keeps_its_number_and_has_no_other_store_s() {
        let first = Connection::open_in_memory().unwrap();
        let second = Connection::open_in_memory().unwrap();
        assert_eq!(store_id(&first).unwrap(), store_id(&first).unwrap());
        assert_ne!(store_id(&first).unwrap(), store_id(&second).unwrap());
    }

    #[test]
    fn a_damaged_number_is_drawn_anew() {
        let store = Connection::open_in_memory().unwrap();
        let before = store_id(&store).unwrap();
        store.execute("UPDATE meta SET value = x'00'", []).unwrap();
        let after = store_id(&store).unwrap();
        assert_ne!(before, after);
        assert_eq!(store_id(&store).unwrap(), after);
    }
}
