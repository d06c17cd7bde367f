//! Data-quality events and revisions of contracts in the store's file.

use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};
use twin::Timestamp;

use super::{Reader, StoreError, read::Layout};
use crate::quality::{EventKind, QualityEvent};

/// Events that are kept; older ones go.
const EVENTS: i64 = 100_000;

/// A kept event.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityRow {
    pub key: i64,
    pub event: QualityEvent,
    /// The server's clock when it was first told.
    pub noticed_at: Timestamp,
}

/// Which events are asked for, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QualityQuery {
    pub asset: Option<usize>,
    pub signal: Option<u16>,
    pub kind: Option<EventKind>,
    pub state: Option<Openness>,
    /// Events that touch `from..=to`.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// Only events with smaller keys: the last key of the page before.
    pub before: Option<i64>,
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    Open,
    Over,
}

/// Keeps what was told; of an event that is kept already the last telling stands.
pub fn keep(connection: &Connection, layout: &Layout, told: &[QualityEvent], at: Timestamp) -> Result<(), StoreError> {
    let mut keep = connection.prepare_cached(
        "INSERT INTO data_quality_event (asset, signal, kind, from_t, to_t, is_open, count, value, noticed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (asset, signal, kind, from_t) DO UPDATE SET
         to_t = excluded.to_t, is_open = excluded.is_open, count = excluded.count, value = excluded.value",
    )?;
    for event in told {
        let names = &layout.assets()[event.asset];
        let signal = names.signals[usize::from(event.signal)];
        let (kind, count) = (event.kind.as_str(), event.count.cast_signed());
        let row = params![names.key, signal, kind, event.from.0, event.to.0, event.is_open, count, event.value, at.0];
        keep.execute(row)?;
    }
    let newest: Option<i64> =
        connection.prepare_cached("SELECT max(key) FROM data_quality_event")?.query_row([], |row| row.get(0))?;
    if !told.is_empty() {
        let oldest = newest.unwrap_or(0) - EVENTS;
        connection.prepare_cached("DELETE FROM data_quality_event WHERE key <= ?1")?.execute([oldest])?;
    }
    Ok(())
}

/// Ends what was open when the process ended, to be called at the start: nobody watched since. Silence stays: the
/// watch takes it up again under the same `from`.
pub fn end_left_open(connection: &Connection) -> Result<usize, StoreError> {
    let end = "UPDATE data_quality_event SET is_open = 0 WHERE is_open = 1 AND kind <> 'silence'";
    Ok(connection.execute(end, [])?)
}

/// The events that `query` asks for, newest first.
pub fn list(connection: &Connection, layout: &Layout, query: &QualityQuery) -> Result<Vec<QualityRow>, StoreError> {
    let names = query.asset.map(|asset| &layout.assets()[asset]);
    let signal = names.zip(query.signal).map(|(names, signal)| names.signals[usize::from(signal)]);
    let is_open = query.state.map(|state| state == Openness::Open);
    let mut find = connection.prepare_cached(
        "SELECT key, asset, signal, kind, from_t, to_t, is_open, count, value, noticed_at FROM data_quality_event
         WHERE (?1 IS NULL OR asset = ?1) AND (?2 IS NULL OR signal = ?2) AND (?3 IS NULL OR kind = ?3)
         AND (?4 IS NULL OR is_open = ?4) AND (?5 IS NULL OR to_t >= ?5 OR is_open = 1)
         AND (?6 IS NULL OR from_t <= ?6) AND (?7 IS NULL OR key < ?7) ORDER BY key DESC LIMIT ?8",
    )?;
    let (from, to) = (query.from.map(|t| t.0), query.to.map(|t| t.0));
    let kind = query.kind.map(EventKind::as_str);
    let asset = names.map(|names| names.key);
    let rows = find.query_map(params![asset, signal, kind, is_open, from, to, query.before, query.limit], |row| {
        Ok(place(layout, row, 1)?.map(|place| event(row, place)).transpose())
    })?;
    // Of assets and signals that the plant no longer has there is nothing to say.
    rows.filter_map(|row| row.and_then(|row| row).transpose()).map(|row| Ok(row?)).collect()
}

/// The last events of one asset that touch `from..=to`, newest first; no more than `most`. With a signal, of that alone.
fn within(
    connection: &Connection,
    layout: &Layout,
    (asset, signal): (usize, Option<u16>),
    (from, to): (Timestamp, Timestamp),
    most: usize,
) -> Result<Vec<QualityRow>, StoreError> {
    let names = &layout.assets()[asset];
    let signal = signal.and_then(|signal| names.signals.get(usize::from(signal)));
    // Charts ask this often: the index begins with the asset.
    let mut find = connection.prepare_cached(
        "SELECT key, asset, signal, kind, from_t, to_t, is_open, count, value, noticed_at FROM data_quality_event
         WHERE asset = ?1 AND (?2 IS NULL OR signal = ?2) AND from_t <= ?4 AND (to_t >= ?3 OR is_open = 1)
         ORDER BY from_t DESC LIMIT ?5",
    )?;
    let rows = find.query_map(params![names.key, signal, from.0, to.0, most], |row| {
        Ok(place(layout, row, 1)?.map(|place| event(row, place)).transpose())
    })?;
    rows.filter_map(|row| row.and_then(|row| row).transpose()).map(|row| Ok(row?)).collect()
}

fn event(row: &Row, (asset, signal): (usize, u16)) -> Result<QualityRow, rusqlite::Error> {
    let kind: String = row.get(3)?;
    let unknown = || rusqlite::Error::FromSqlConversionFailure(3, Type::Text, format!("no kind `{kind}`").into());
    let event = QualityEvent {
        asset,
        signal,
        kind: EventKind::parse(&kind).ok_or_else(unknown)?,
        from: Timestamp(row.get(4)?),
        to: Timestamp(row.get(5)?),
        is_open: row.get(6)?,
        count: row.get::<_, i64>(7)?.cast_unsigned(),
        value: row.get::<_, Option<f64>>(8)?.unwrap_or(f64::NAN),
    };
    Ok(QualityRow { key: row.get(0)?, event, noticed_at: Timestamp(row.get(9)?) })
}

/// The numbers of asset and signal whose keys stand in columns `at` and `at + 1`.
fn place(layout: &Layout, row: &Row, at: usize) -> Result<Option<(usize, u16)>, rusqlite::Error> {
    let (asset, signal): (i64, i64) = (row.get(at)?, row.get(at + 1)?);
    let number = layout.assets().iter().position(|names| names.key == asset);
    Ok(number.and_then(|number| {
        let signal = layout.assets()[number].signals.iter().position(|key| *key == signal)?;
        Some((number, signal as u16))
    }))
}

/// The number of the contracts with this body; where they changed they get the next one.
pub fn revision(connection: &Connection, since: Timestamp, body: &str) -> Result<i64, StoreError> {
    let newest = "SELECT number, body = ?1 FROM contract_revision ORDER BY number DESC LIMIT 1";
    let newest: Option<(i64, bool)> =
        connection.query_row(newest, [body], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    match newest {
        Some((number, true)) => Ok(number),
        _ => {
            let number = newest.map_or(1, |(number, _)| number + 1);
            let keep = "INSERT INTO contract_revision (number, since, body) VALUES (?1, ?2, ?3)";
            connection.execute(keep, params![number, since.0, body])?;
            Ok(number)
        }
    }
}

/// When the contracts got this number, and their body.
pub fn revision_body(connection: &Connection, number: i64) -> Result<Option<(Timestamp, String)>, StoreError> {
    let find = "SELECT since, body FROM contract_revision WHERE number = ?1";
    let row = |row: &Row| Ok((Timestamp(row.get(0)?), row.get(1)?));
    Ok(connection.query_row(find, [number], row).optional()?)
}

/// Every number of contracts and since when it holds, newest first.
pub fn revisions(connection: &Connection) -> Result<Vec<(i64, Timestamp)>, StoreError> {
    let mut find = connection.prepare_cached("SELECT number, since FROM contract_revision ORDER BY number DESC")?;
    let rows = find.query_map([], |row| Ok((row.get(0)?, Timestamp(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Reader {
    /// The data-quality events that `query` asks for, newest first.
    pub fn quality_events(&mut self, query: &QualityQuery) -> Result<Vec<QualityRow>, StoreError> {
        let (connection, layout) = self.parts();
        list(connection, layout, query)
    }

    /// The last data-quality events of an asset that touch `from..=to`, newest first; with a signal, of that alone.
    pub fn quality_within(
        &mut self,
        asset: usize,
        signal: Option<u16>,
        from: Timestamp,
        to: Timestamp,
        most: usize,
    ) -> Result<Vec<QualityRow>, StoreError> {
        let (connection, layout) = self.parts();
        within(connection, layout, (asset, signal), (from, to), most)
    }

    /// When the contracts got this number, and their body.
    pub fn contract_revision(&mut self, number: i64) -> Result<Option<(Timestamp, String)>, StoreError> {
        revision_body(self.parts().0, number)
    }

    /// Every number of contracts and since when it holds, newest first.
    pub fn contract_revisions(&mut self) -> Result<Vec<(i64, Timestamp)>, StoreError> {
        revisions(self.parts().0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::Catalog, store::schema};

    const MODEL: &str = include_str!("../../../models/li-ion-cell.toml");

    fn file() -> (tempfile::TempDir, Connection, Layout) {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = schema::open_writer(&folder.path().join("store.db")).unwrap();
        let plant = "[[asset]]\nid = \"cell\"\ntitle = \"Cell\"\nmodel = \"li-ion-cell\"";
        let catalog = Catalog::parse(plant, |_| Ok(MODEL.to_owned())).unwrap();
        let layout = schema::enter_names(&mut connection, &catalog).unwrap();
        (folder, connection, layout)
    }

    fn event(kind: EventKind, from: i64, to: i64, is_open: bool) -> QualityEvent {
        let (from, to) = (Timestamp(from), Timestamp(to));
        QualityEvent { asset: 0, signal: 1, kind, from, to, is_open, count: 1, value: 2.5 }
    }

    #[test]
    fn the_last_telling_of_an_event_stands() {
        let (_folder, connection, layout) = file();
        let opened = event(EventKind::Stuck, 5, 5, true);
        let ended = QualityEvent { count: 9, ..event(EventKind::Stuck, 5, 80, false) };
        keep(&connection, &layout, &[opened], Timestamp(100)).unwrap();
        keep(&connection, &layout, &[ended, event(EventKind::Gap, 5, 6, false)], Timestamp(200)).unwrap();
        let query = QualityQuery { limit: 10, ..QualityQuery::default() };
        let found = list(&connection, &layout, &query).unwrap();
        let told: Vec<_> = found.iter().map(|row| (row.event, row.noticed_at.0)).collect();
        assert_eq!(told, [(event(EventKind::Gap, 5, 6, false), 200), (ended, 100)]);
    }

    #[test]
    fn events_are_found_by_kind_state_and_time_a_page_at_a_time() {
        let (_folder, connection, layout) = file();
        let told: Vec<_> = (0..10).map(|n| event(EventKind::Gap, n * 10, n * 10 + 5, n % 2 == 0)).collect();
        keep(&connection, &layout, &told, Timestamp(0)).unwrap();
        let froms = |query: QualityQuery| -> Vec<i64> {
            list(&connection, &layout, &query).unwrap().iter().map(|row| row.event.from.0).collect()
        };
        let all = QualityQuery { limit: 3, asset: Some(0), signal: Some(1), ..QualityQuery::default() };
        assert_eq!(froms(all.clone()), [90, 80, 70]);
        assert_eq!(froms(QualityQuery { before: Some(8), ..all.clone() }), [60, 50, 40]);
        assert_eq!(froms(QualityQuery { state: Some(Openness::Over), ..all.clone() }), [90, 70, 50]);
        assert_eq!(froms(QualityQuery { kind: Some(EventKind::Late), ..all.clone() }), [0i64; 0]);
        let span = QualityQuery { from: Some(Timestamp(26)), to: Some(Timestamp(50)), ..all.clone() };
        assert_eq!(froms(span), [50, 40, 30]);
        assert_eq!(froms(QualityQuery { signal: Some(0), ..all }), [0i64; 0]);
        let within = |signal, from, to| -> Vec<i64> {
            let between = (Timestamp(from), Timestamp(to));
            within(&connection, &layout, (0, signal), between, 3).unwrap().iter().map(|row| row.event.from.0).collect()
        };
        // What is still open reaches however far.
        assert_eq!((within(Some(1), 36, 50), within(None, 15, 15)), (vec![50, 40, 20], vec![10, 0]));
        assert_eq!(within(Some(0), 0, 99), [0i64; 0]);
        assert_eq!(end_left_open(&connection).unwrap(), 5);
    }

    #[test]
    fn contracts_get_a_new_number_when_they_change_and_only_then() {
        let (_folder, connection, _) = file();
        let revise = |at, body| revision(&connection, Timestamp(at), body).unwrap();
        assert_eq!([revise(1, "a"), revise(2, "a"), revise(3, "b"), revise(4, "a")], [1, 1, 2, 3]);
        assert_eq!(revision_body(&connection, 2).unwrap(), Some((Timestamp(3), "b".to_owned())));
        assert_eq!(revisions(&connection).unwrap().len(), 3);
    }
}
