//! How long samples are kept; what is deleted is written down.

use rusqlite::{Connection, params};
use twin::{Span, Timestamp};

use super::{StoreError, blocks, read::Layout};

/// How long the samples of one signal are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Keep {
    /// The asset's number in the catalog.
    pub asset: usize,
    /// The keys of asset and signal in the file.
    pub asset_key: i64,
    pub signal_key: i64,
    /// By the asset's clock.
    pub span: Span,
}

impl Keep {
    /// The same with the file's keys; `None` for what is not in the plant.
    pub fn of((asset, signal, span): (usize, u16, Span), layout: &Layout) -> Option<Keep> {
        let names = layout.assets().get(asset)?;
        let signal_key = *names.signals.get(usize::from(signal))?;
        Some(Keep { asset, asset_key: names.key, signal_key, span })
    }
}

/// Blocks of a signal that are older than they are to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Deletion {
    blocks: Vec<i64>,
    asset: i64,
    signal: i64,
    count: i64,
    first_seq: i64,
    last_seq: i64,
    from_t: i64,
    to_t: i64,
    at: Timestamp,
    reason: String,
}

/// What is to be deleted of a signal at `asset_now` of the asset's clock; whole blocks only, some at a time. `now` is the wall clock's.
pub fn plan(
    connection: &Connection,
    keep: &Keep,
    asset_now: Timestamp,
    now: Timestamp,
) -> Result<Option<Deletion>, StoreError> {
    let before = asset_now - keep.span;
    let old = blocks::find(
        connection,
        "WHERE asset = ?1 AND signal = ?2 AND last_t < ?3 ORDER BY first_t LIMIT 256",
        &[&keep.asset_key, &keep.signal_key, &before.0],
    )?;
    let heads = || old.iter().map(|kept| &kept.head);
    let (Some(first_seq), Some(last_seq)) =
        (heads().map(|head| head.first_seq).min(), heads().map(|head| head.last_seq).max())
    else {
        return Ok(None);
    };
    Ok(Some(Deletion {
        blocks: old.iter().map(|kept| kept.key).collect(),
        asset: keep.asset_key,
        signal: keep.signal_key,
        count: heads().map(|head| head.count).sum(),
        first_seq,
        last_seq,
        from_t: heads().map(|head| head.first_t).min().unwrap_or(0),
        to_t: heads().map(|head| head.last_t).max().unwrap_or(0),
        at: now,
        reason: format!("kept for {:.0} s", keep.span.secs()),
    }))
}

/// Deletes, and writes down what and why.
pub fn delete(connection: &Connection, deletion: &Deletion) -> Result<bool, StoreError> {
    for key in &deletion.blocks {
        blocks::delete(connection, *key)?;
    }
    let Deletion { asset, signal, count, first_seq, last_seq, from_t, to_t, at, reason, .. } = deletion;
    connection
        .prepare_cached(
            "INSERT INTO deletion (asset, signal, count, first_seq, last_seq, from_t, to_t, at, reason)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![asset, signal, count, first_seq, last_seq, from_t, to_t, at.0, reason])?;
    Ok(true)
}
