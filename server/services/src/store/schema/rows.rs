//! Samples of the first schema, a row each, become blocks.

use rusqlite::{Connection, params};

use crate::store::{
    StoreError,
    block::{Effort, Provenance, Row, Section},
    blocks,
    compact::MOST,
};

/// Moves every row of `sample` into a block, then removes the table.
pub fn into_blocks(connection: &Connection) -> Result<(), StoreError> {
    let mut signals = connection.prepare("SELECT key, asset FROM signal ORDER BY asset, key")?;
    let signals: Vec<(i64, i64)> =
        signals.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (signal, asset) in signals {
        let find = "SELECT t, value, seq, quality, received_at, origin, contract FROM sample
            WHERE asset = ?1 AND signal = ?2 ORDER BY t, seq";
        let mut find = connection.prepare_cached(find)?;
        let mut rows = find.query(params![asset, signal])?;
        let mut section = Section::new(signal);
        while let Some(row) = rows.next()? {
            // Deliveries were not numbered: 0 says so.
            let from = Provenance {
                delivery: 0,
                received_at: row.get(4)?,
                origin: row.get(5)?,
                contract: row.get(6)?,
                unit: 0,
            };
            let (t, value, seq, quality) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            section.push(Row { t, value, seq, quality, from });
            if section.len() == MOST {
                keep(connection, asset, &std::mem::replace(&mut section, Section::new(signal)))?;
            }
        }
        keep(connection, asset, &section)?;
    }
    connection.execute_batch("DROP TABLE sample")?;
    Ok(())
}

fn keep(connection: &Connection, asset: i64, section: &Section) -> Result<(), StoreError> {
    if let Some(made) = blocks::make(asset, section.signal, std::slice::from_ref(section), Effort::Lasting) {
        blocks::insert(connection, &made)?;
    }
    Ok(())
}
