//! Blocks of samples as they lie in the file: their bytes, and their row in the table.

use rusqlite::{Connection, params, types::Value};
use services::store::{
    Provenance,
    block::{self, Effort, Row, Section},
    blocks::{self, Kept},
};

/// The bytes of a block that nobody has checked.
pub fn block(data: &[u8]) {
    let Ok(sections) = block::decode(data) else { return };
    for section in &sections {
        assert_eq!(section.rows().count(), section.len(), "every sample has its quality and its origin");
    }
    for effort in [Effort::Landing, Effort::Lasting] {
        let again = block::decode(&block::encode(&sections, effort)).expect("what was written is read");
        assert!(rows(&again).eq(rows(&sections)), "to the bit");
    }
}

/// Edits of a block's row: a column, what is put into it, and eight bytes more. Whoever reads it gets what was written,
/// or hears that it is damaged.
pub fn block_row(data: &[u8]) {
    thread_local!(static TABLE: Table = Table::new());
    TABLE.with(|table| table.edit(data));
}

/// A table with one block, which is the same again after each run.
struct Table {
    connection: Connection,
    written: Vec<Section>,
    kept: Kept,
}

/// In the order of the table.
const COLUMNS: [&str; 16] = [
    "asset",
    "signal",
    "count",
    "first_seq",
    "last_seq",
    "first_t",
    "last_t",
    "first_value",
    "last_value",
    "min_t",
    "min_value",
    "max_t",
    "max_value",
    "sum",
    "checksum",
    "bytes",
];

impl Table {
    fn new() -> Table {
        let connection = Connection::open_in_memory().expect("memory");
        for migration in [
            include_str!("../../services/src/store/migrations/0001_first.sql"),
            include_str!("../../services/src/store/migrations/0002_blocks.sql"),
        ] {
            connection.execute_batch(migration).expect("our own migrations");
        }
        let written = vec![section(2, 100), section(3, 7)];
        let made = blocks::make(1, 0, &written, Effort::Landing).expect("there are samples");
        blocks::insert(&connection, &made).expect("room");
        let kept = all(&connection).expect("a table as we made it");
        Table { connection, written, kept: kept[0] }
    }

    fn edit(&self, data: &[u8]) {
        self.connection.execute_batch("BEGIN").expect("no transaction is open");
        for edit in data.chunks_exact(10).take(20) {
            let (column, what) = (COLUMNS[usize::from(edit[0]) % COLUMNS.len()], edit[1]);
            let number = i64::from_le_bytes(edit[2..].try_into().expect("eight of ten bytes"));
            let value = match what % 6 {
                0 => Value::Integer(number),
                1 => Value::Real(f64::from_bits(number.cast_unsigned())),
                2 => Value::Blob(edit[2..].to_vec()),
                3 => Value::Text(String::from_utf8_lossy(&edit[2..]).into_owned()),
                4 => Value::Null,
                _ => Value::Blob(self.flipped(number)),
            };
            // The table itself may refuse it.
            let _ = self.connection.execute(&format!("UPDATE block SET {column} = ?1"), params![value]);
        }
        for kept in all(&self.connection).unwrap_or_default() {
            if let Ok(Ok(sections)) = blocks::read(&self.connection, &kept) {
                assert_eq!(kept.head, self.kept.head, "what is not what was written is named as damaged");
                assert!(rows(&sections).eq(rows(&self.written)), "what is read is what was written");
            }
        }
        self.connection.execute_batch("ROLLBACK").expect("the transaction is ours");
    }

    /// The block's bytes with one changed, or the end missing.
    fn flipped(&self, number: i64) -> Vec<u8> {
        let read = self.connection.query_row("SELECT bytes FROM block", [], |row| row.get::<_, Vec<u8>>(0));
        let mut bytes = read.unwrap_or_default();
        let place = number.unsigned_abs() as usize % bytes.len().max(1);
        match (bytes.get_mut(place), number < 0) {
            (Some(byte), false) => *byte ^= (number >> 56) as u8 | 1,
            _ => bytes.truncate(place),
        }
        bytes
    }
}

fn all(connection: &Connection) -> Result<Vec<Kept>, rusqlite::Error> {
    blocks::find(connection, "ORDER BY key", &[])
}

/// Samples as they come: uneven times, a few origins, values that repeat and values that do not.
fn section(signal: i64, count: u64) -> Section {
    let mut section = Section::new(signal);
    for n in 0..count {
        let t = 1_700_000_000_000_000 + n as i64 * 1_000_003 + (n % 3) as i64;
        let from = Provenance { delivery: n as i64 / 10, origin: 1, received_at: t + 5, contract: 1, unit: 0 };
        section.push(Row { t, value: (n * n % 17) as f64 / 7.0, seq: 1 + 2 * n, quality: (n / 40) as u8, from });
    }
    section
}

fn rows(sections: &[Section]) -> impl Iterator<Item = (i64, i64, u64, u64, u8, Provenance)> {
    sections.iter().flat_map(|section| {
        section.rows().map(|row| (section.signal, row.t, row.value.to_bits(), row.seq, row.quality, row.from))
    })
}
