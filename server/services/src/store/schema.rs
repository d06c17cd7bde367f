//! The store's file: its settings, its numbered migrations, and the names of the plant in it.

mod rows;

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};

use super::{StoreError, read::Layout};
use crate::catalog::Catalog;

/// A numbered step from one schema to the next: the file as it comes out of a step is never changed again.
enum Migration {
    Sql(&'static str),
    /// For what SQL cannot say; inside the same transaction.
    SqlThen(&'static str, fn(&Connection) -> Result<(), StoreError>),
}

const MIGRATIONS: &[Migration] = &[
    Migration::Sql(include_str!("migrations/0001_first.sql")),
    Migration::SqlThen(include_str!("migrations/0002_blocks.sql"), rows::into_blocks),
    Migration::Sql(include_str!("migrations/0003_quality.sql")),
    Migration::Sql(include_str!("migrations/0004_rejection_states.sql")),
    Migration::Sql(include_str!("migrations/0005_estimates.sql")),
];

/// What everything else is found by: small, and looked through at every start.
const NAMES: [&str; 5] = ["asset", "signal", "unit", "meta", "clock"];

/// The log is written back beside the writer, by the housekeeping; at so many pages by the writer itself.
const MOST_LOG_PAGES: i64 = 16 * 1024;

/// Opens the file for writing and brings it to this program's schema.
pub fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = open(path)?;
    migrate(&mut connection)?;
    is_sound(&connection)?;
    Ok(connection)
}

/// Opens the file for writing.
pub fn open(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit is on disk before it is answered for, also when the power fails.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "wal_autocheckpoint", MOST_LOG_PAGES)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Fails where the file is of another schema than this program's.
pub fn is_known(connection: &Connection) -> Result<(), StoreError> {
    let known = MIGRATIONS.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found == known { Ok(()) } else { Err(StoreError::Schema { found, known }) }
}

/// Makes this another store than it was.
pub fn renew_id(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("UPDATE meta SET value = randomblob(16) WHERE name = 'id'", [])?;
    Ok(())
}

/// What names the store.
pub fn id(connection: &Connection) -> Result<[u8; 16], StoreError> {
    Ok(connection.query_row("SELECT value FROM meta WHERE name = 'id'", [], |row| row.get(0))?)
}

/// Fails where a table of names is damaged: what is kept under a wrong name is worse than lost. Damaged blocks do not
/// keep a store from being used.
fn is_sound(connection: &Connection) -> Result<(), StoreError> {
    for table in NAMES {
        let check = format!("PRAGMA integrity_check({table})");
        let found: String = connection.query_row(&check, [], |row| row.get(0))?;
        if found != "ok" {
            return Err(StoreError::Damaged { table, found });
        }
    }
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let known = MIGRATIONS.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Schema { found, known });
    }
    let is_empty = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
    if found == 0 && !connection.query_row(is_empty, [], |row| row.get::<_, bool>(0))? {
        return Err(StoreError::Foreign);
    }
    // A step is one transaction: whoever kills the process in the middle finds the schema before or after it.
    for (number, migration) in (1..).zip(MIGRATIONS).skip(found as usize) {
        let transaction = connection.transaction()?;
        match migration {
            Migration::Sql(sql) => transaction.execute_batch(sql)?,
            Migration::SqlThen(sql, then) => {
                transaction.execute_batch(sql)?;
                then(&transaction)?;
            }
        }
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Enters assets and signals that the file does not know yet, and gives the keys of all.
pub fn enter_names(connection: &mut Connection, catalog: &Catalog) -> Result<Layout, StoreError> {
    let transaction = connection.transaction()?;
    let mut layout = Layout::default();
    for asset in catalog.assets() {
        let key = key(
            &transaction,
            "SELECT key FROM asset WHERE id = ?1",
            "INSERT INTO asset (id) VALUES (?1)",
            params![asset.id.as_str()],
        )?;
        let mut signals = Vec::new();
        for signal in &asset.model.signals {
            signals.push(self::key(
                &transaction,
                "SELECT key FROM signal WHERE asset = ?1 AND name = ?2",
                "INSERT INTO signal (asset, name) VALUES (?1, ?2)",
                params![key, signal.name],
            )?);
        }
        layout.push(asset.id.clone(), key, signals);
    }
    transaction.commit()?;
    Ok(layout)
}

/// The key of a row, which is made where there is none.
pub fn key(
    connection: &Connection,
    find: &str,
    make: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<i64, rusqlite::Error> {
    let found = connection.prepare_cached(find)?.query_row(values, |row| row.get(0)).optional()?;
    if let Some(key) = found {
        return Ok(key);
    }
    connection.prepare_cached(make)?.execute(values)?;
    Ok(connection.last_insert_rowid())
}
