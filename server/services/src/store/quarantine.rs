//! Refused items in the store's file: kept, found, and what was done with them.

use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use twin::{Timestamp, entry::Quality};

use super::{Reader, StoreError};
use crate::{quarantine::Said, validate::Rejection};

/// Rejections kept in full; older ones are only counted.
const REJECTIONS: i64 = 100_000;
/// Audit lines that are kept.
const ACTIONS: i64 = 10_000;

/// A refused item as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct RejectionRow {
    pub key: i64,
    pub asset: String,
    pub signal: String,
    pub reason: String,
    pub detail: String,
    pub raw: String,
    pub received_at: Timestamp,
    pub connector: String,
    pub client: String,
    /// `reading`, `event`, or empty where it was neither.
    pub kind: String,
    pub t: Option<Timestamp>,
    pub value: Option<f64>,
    pub unit: Option<String>,
    pub quality: Quality,
    /// `open`, `readmitted` or `dismissed`.
    pub state: String,
    /// The last action that touched it.
    pub action: Option<i64>,
}

/// Which refused items are asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RejectionQuery {
    pub asset: Option<String>,
    pub signal: Option<String>,
    pub reason: Option<String>,
    pub state: Option<String>,
    /// Arrivals in `from..=to`, microseconds.
    pub from: Option<i64>,
    pub to: Option<i64>,
    /// Only smaller keys: the last key of the page before.
    pub before: Option<i64>,
    pub limit: usize,
}

/// What somebody does with refused items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    pub key: i64,
    pub at: Timestamp,
    pub actor: String,
    /// `readmit` or `dismiss`.
    pub action: String,
    /// The rule or note, JSON.
    pub rule: String,
    pub items: u64,
    /// How it ended; `None` where it did not come to an end.
    pub accepted: Option<u64>,
    pub duplicates: Option<u64>,
    pub refused: Option<u64>,
}

impl Action {
    pub fn new(at: Timestamp, actor: &str, action: &str, rule: String, items: usize) -> Action {
        let (actor, action) = (actor.to_owned(), action.to_owned());
        let (accepted, duplicates, refused) = (None, None, None);
        Action { key: 0, at, actor, action, rule, items: items as u64, accepted, duplicates, refused }
    }
}

/// How an action ended for one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    Duplicate,
    /// It stays open.
    Refused {
        reason: &'static str,
        detail: String,
    },
    Dismissed,
}

/// Keeps a refused item.
pub fn reject(connection: &Connection, rejection: &Rejection, at: Timestamp, origin: i64) -> Result<(), StoreError> {
    let Rejection { reason, detail, asset, signal, raw, said, .. } = rejection;
    let Said { kind, t, value, unit, quality } = said;
    let row = params![
        asset,
        signal,
        reason.as_str(),
        detail,
        raw,
        at.0,
        origin,
        kind,
        t.map(|t| t.0),
        value,
        unit.as_deref(),
        *quality as i64
    ];
    connection.prepare_cached(INSERT_REJECTION)?.execute(row)?;
    let oldest = connection.last_insert_rowid() - REJECTIONS;
    if oldest > 0 && oldest % 1024 == 0 {
        connection.execute("DELETE FROM rejection WHERE key <= ?1", [oldest])?;
    }
    connection.prepare_cached(COUNT_REJECTION)?.execute([reason.as_str()])?;
    Ok(())
}

/// Writes the audit line of an action that starts, and gives its key.
pub fn begin(connection: &Connection, action: &Action) -> Result<i64, StoreError> {
    let Action { at, actor, action, rule, items, .. } = action;
    connection.execute(
        "INSERT INTO quarantine_action (at, actor, action, rule, items) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![at.0, actor, action, rule, items],
    )?;
    let key = connection.last_insert_rowid();
    connection.execute("DELETE FROM quarantine_action WHERE key <= ?1", [key - ACTIONS])?;
    Ok(key)
}

/// Writes how an action ended: for each item, and in its audit line.
pub fn finish(connection: &Connection, action: i64, outcomes: &[(i64, Outcome)]) -> Result<(), StoreError> {
    let mut end =
        connection.prepare_cached("UPDATE rejection SET state = ?2, action = ?3 WHERE key = ?1 AND state = 'open'")?;
    let mut stay = connection.prepare_cached(
        "UPDATE rejection SET reason = ?2, detail = ?3, action = ?4 WHERE key = ?1 AND state = 'open'",
    )?;
    let (mut accepted, mut duplicates, mut refused) = (0u64, 0u64, 0u64);
    for (key, outcome) in outcomes {
        match outcome {
            Outcome::Accepted => accepted += 1,
            Outcome::Duplicate => duplicates += 1,
            Outcome::Refused { .. } => refused += 1,
            Outcome::Dismissed => {}
        }
        match outcome {
            Outcome::Accepted | Outcome::Duplicate => end.execute(params![key, "readmitted", action])?,
            Outcome::Dismissed => end.execute(params![key, "dismissed", action])?,
            Outcome::Refused { reason, detail } => stay.execute(params![key, reason, detail, action])?,
        };
    }
    connection.execute(
        "UPDATE quarantine_action SET accepted = ?2, duplicate = ?3, refused = ?4 WHERE key = ?1",
        params![action, accepted, duplicates, refused],
    )?;
    Ok(())
}

impl Reader {
    /// The refused items that `query` asks for, newest first.
    pub fn rejections(&mut self, query: &RejectionQuery) -> Result<Vec<RejectionRow>, StoreError> {
        self.find_rejections(query, "DESC")
    }

    /// The open items that `query` asks for, oldest first: in the order in which they would have been taken in.
    pub fn rejections_to_correct(&mut self, query: &RejectionQuery) -> Result<Vec<RejectionRow>, StoreError> {
        self.find_rejections(&RejectionQuery { state: Some("open".into()), ..query.clone() }, "ASC")
    }

    /// Those of `keys` that are open, in this order.
    pub fn rejections_by_key(&mut self, keys: &[i64]) -> Result<Vec<RejectionRow>, StoreError> {
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        keys.dedup();
        let mut rows = Vec::with_capacity(keys.len());
        for key in keys {
            rows.extend(self.rejection(key)?.filter(|row| row.state == "open"));
        }
        Ok(rows)
    }

    /// One refused item.
    pub fn rejection(&mut self, key: i64) -> Result<Option<RejectionRow>, StoreError> {
        let mut find = self.parts().0.prepare_cached(&format!("{SELECT} WHERE rejection.key = ?1"))?;
        Ok(find.query_map([key], read)?.next().transpose()?)
    }

    /// How many refused items are in each state, by reason.
    pub fn rejection_states(&mut self) -> Result<Vec<(String, String, u64)>, StoreError> {
        let find = "SELECT state, reason, count(*) FROM rejection GROUP BY state, reason ORDER BY state, reason";
        let mut find = self.parts().0.prepare_cached(find)?;
        let rows = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The last `limit` audit lines, newest first.
    pub fn quarantine_actions(&mut self, limit: usize) -> Result<Vec<Action>, StoreError> {
        let find = "SELECT key, at, actor, action, rule, items, accepted, duplicate, refused FROM quarantine_action
            ORDER BY key DESC LIMIT ?1";
        let mut find = self.parts().0.prepare_cached(find)?;
        let rows = find.query_map([limit], |row| {
            let (at, actor, action) = (Timestamp(row.get(1)?), row.get(2)?, row.get(3)?);
            let (rule, items, accepted) = (row.get(4)?, row.get(5)?, row.get(6)?);
            let (duplicates, refused) = (row.get(7)?, row.get(8)?);
            Ok(Action { key: row.get(0)?, at, actor, action, rule, items, accepted, duplicates, refused })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What is kept of each asset, signal and time.
    pub fn values_at(&mut self, asked: &[(usize, u16, Timestamp)]) -> Result<Vec<Option<f64>>, StoreError> {
        let value = |(asset, signal, t): &(usize, u16, Timestamp)| {
            Ok(self.history(*asset, *signal, *t, *t, 1)?.points.first().map(|point| point.value))
        };
        asked.iter().map(value).collect()
    }

    fn find_rejections(&mut self, query: &RejectionQuery, order: &str) -> Result<Vec<RejectionRow>, StoreError> {
        let RejectionQuery { asset, signal, reason, state, from, to, before, limit } = query;
        let mut find = self.parts().0.prepare_cached(&format!(
            "{SELECT} WHERE (?1 IS NULL OR asset = ?1) AND (?2 IS NULL OR signal = ?2)
             AND (?3 IS NULL OR reason = ?3) AND (?4 IS NULL OR state = ?4) AND (?5 IS NULL OR received_at >= ?5)
             AND (?6 IS NULL OR received_at <= ?6) AND (?7 IS NULL OR rejection.key < ?7)
             ORDER BY rejection.key {order} LIMIT ?8"
        ))?;
        let rows = find.query_map(params![asset, signal, reason, state, from, to, before, limit], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn read(row: &Row) -> Result<RejectionRow, rusqlite::Error> {
    Ok(RejectionRow {
        key: row.get(0)?,
        asset: row.get(1)?,
        signal: row.get(2)?,
        reason: row.get(3)?,
        detail: row.get(4)?,
        raw: row.get(5)?,
        received_at: Timestamp(row.get(6)?),
        connector: row.get(7)?,
        client: row.get(8)?,
        kind: row.get(9)?,
        t: row.get::<_, Option<i64>>(10)?.map(Timestamp),
        value: row.get(11)?,
        unit: row.get(12)?,
        quality: match row.get(13)? {
            0 => Quality::Good,
            1 => Quality::Uncertain,
            _ => Quality::Bad,
        },
        state: row.get(14)?,
        action: row.get(15)?,
    })
}

const SELECT: &str = "SELECT rejection.key, asset, signal, reason, detail, raw, received_at, connector, client, kind,
    t, value, unit, quality, state, action FROM rejection JOIN origin ON origin.key = rejection.origin";
const INSERT_REJECTION: &str =
    "INSERT INTO rejection (asset, signal, reason, detail, raw, received_at, origin, kind, t, value, unit, quality)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
const COUNT_REJECTION: &str = "INSERT INTO rejection_count (reason, count) VALUES (?1, 1)
    ON CONFLICT (reason) DO UPDATE SET count = count + 1";
