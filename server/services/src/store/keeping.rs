//! What one transaction writes: samples, events, rejections, origins, checkpoints, clocks.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use twin::entry::Quality;
use wire::{Batch, Entry, What};

use super::{CheckpointRow, Receipt, StoreError, quarantine, read::Layout};
use crate::{
    clocks::Standing,
    ingest::Origin,
    validate::{Checked, Fit, Fitting, Reason, Rejection, Terms, rejection},
};

/// The version of what a kept row promises.
const CONTRACT: i64 = 1;
/// Checkpoints kept of an asset.
const CHECKPOINTS: i64 = 3;

/// One open transaction.
pub struct Keeping<'a> {
    connection: &'a Connection,
    layout: &'a Layout,
    /// The last seq given out, by asset number.
    pub seqs: Vec<u64>,
    /// What the transaction adds, by asset number.
    pub batches: BTreeMap<usize, Batch>,
}

impl<'a> Keeping<'a> {
    pub fn new(connection: &'a Connection, layout: &'a Layout, seqs: Vec<u64>) -> Keeping<'a> {
        Keeping { connection, layout, seqs, batches: BTreeMap::new() }
    }

    /// The key of whoever handed `checked` in.
    pub fn origin(&self, checked: &Checked) -> Result<i64, StoreError> {
        let Origin { connector, client } = &checked.origin;
        self.connection
            .prepare_cached(
                "INSERT INTO origin (connector, client, first_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute(params![connector, client, checked.received_at.0])?;
        let find = "SELECT key FROM origin WHERE connector = ?1 AND client = ?2";
        Ok(self.connection.prepare_cached(find)?.query_row(params![connector, client], |row| row.get(0))?)
    }

    /// Writes a delivery: new entries get the next seqs, the rest is told apart.
    pub fn keep(&mut self, checked: &Checked, origin: i64) -> Result<Receipt, StoreError> {
        let mut receipt = Receipt::default();
        for fit in &checked.fit {
            match self.keep_one(fit, checked.received_at.0, origin)? {
                Outcome::New => receipt.accepted += 1,
                Outcome::Duplicate => receipt.duplicates += 1,
                Outcome::Conflict(detail) => {
                    let rejection = rejection(fit.index, Reason::Conflict, detail, fit.item.clone(), fit.t);
                    self.reject(checked, &rejection, origin)?;
                    receipt.rejected.push((rejection.index, rejection.reason));
                }
            }
        }
        for rejection in &checked.rejected {
            self.reject(checked, rejection, origin)?;
            receipt.rejected.push((rejection.index, rejection.reason));
        }
        receipt.rejected.sort_unstable();
        Ok(receipt)
    }

    fn keep_one(&mut self, fit: &Fit, received_at: i64, origin: i64) -> Result<Outcome, StoreError> {
        let names = &self.layout.assets()[fit.asset];
        let seq = self.seqs[fit.asset] + 1;
        let (outcome, what) = match &fit.what {
            Fitting::Sample { signal, value, quality } => {
                let key = names.signals[usize::from(*signal)];
                let row = params![names.key, key, fit.t.0, seq, value, rank(*quality), received_at, origin, CONTRACT];
                let made = self.connection.prepare_cached(INSERT_SAMPLE)?.execute(row)?;
                let outcome = if made == 1 { Outcome::New } else { self.same_sample(names.key, key, fit, *value)? };
                (outcome, What::Sample { signal: *signal, value: *value, quality: *quality })
            }
            Fitting::Event { id, until, kind, note } => {
                let until_t = until.map(|t| t.0);
                let row = params![names.key, id, seq, fit.t.0, until_t, kind, note, received_at, origin, CONTRACT];
                let made = self.connection.prepare_cached(INSERT_EVENT)?.execute(row)?;
                let outcome = if made == 1 {
                    Outcome::New
                } else {
                    let same = params![names.key, id, fit.t.0, until_t, kind, note];
                    self.connection.prepare_cached(SAME_EVENT)?.query_row(same, |row| {
                        let same: bool = row.get(0)?;
                        Ok(if same {
                            Outcome::Duplicate
                        } else {
                            Outcome::Conflict(format!("event `{id}` is kept with another content"))
                        })
                    })?
                };
                (outcome, What::Event { id: id.clone(), kind: kind.clone(), until: *until, note: note.clone() })
            }
        };
        if matches!(outcome, Outcome::New) {
            self.seqs[fit.asset] = seq;
            let empty = || Batch { asset: names.id.clone(), first_seq: seq, entries: Vec::new() };
            self.batches.entry(fit.asset).or_insert_with(empty).entries.push(Entry { t: fit.t, what });
        }
        Ok(outcome)
    }

    fn reject(&self, checked: &Checked, rejection: &Rejection, origin: i64) -> Result<(), StoreError> {
        match checked.terms {
            Terms::Usual => quarantine::reject(self.connection, rejection, checked.received_at, origin),
            // It is in quarantine already, and stays there.
            Terms::Readmitted(_) => Ok(()),
        }
    }

    fn same_sample(&self, asset: i64, signal: i64, fit: &Fit, value: f64) -> Result<Outcome, StoreError> {
        let find = "SELECT value FROM sample WHERE asset = ?1 AND signal = ?2 AND t = ?3 AND revision = 0";
        let kept: f64 =
            self.connection.prepare_cached(find)?.query_row(params![asset, signal, fit.t.0], |row| row.get(0))?;
        Ok(if kept.to_bits() == value.to_bits() {
            Outcome::Duplicate
        } else {
            Outcome::Conflict(format!("{kept} is kept of this time, not {value}"))
        })
    }

    pub fn checkpoint(&self, row: &CheckpointRow) -> Result<(), StoreError> {
        let asset = self.layout.assets()[row.asset].key;
        let values = params![asset, row.seq, row.model_hash.0, row.kernel_version, row.bytes, row.hash.0.cast_signed()];
        self.connection.prepare_cached(INSERT_CHECKPOINT)?.execute(values)?;
        self.connection.prepare_cached(DROP_CHECKPOINTS)?.execute([asset, CHECKPOINTS])?;
        Ok(())
    }

    pub fn standing(&self, standing: &Standing) -> Result<(), StoreError> {
        let asset = self.layout.assets()[standing.asset].key;
        let keep = "INSERT OR REPLACE INTO clock (asset, start_t, asset_t) VALUES (?1, ?2, ?3)";
        self.connection.prepare_cached(keep)?.execute([asset, standing.start.0, standing.at.0])?;
        Ok(())
    }
}

enum Outcome {
    New,
    Duplicate,
    Conflict(String),
}

const INSERT_SAMPLE: &str =
    "INSERT INTO sample (asset, signal, t, revision, seq, value, quality, received_at, origin, contract)
    VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (asset, signal, t, revision) DO NOTHING";
const INSERT_EVENT: &str = "INSERT INTO event (asset, id, seq, t, until, kind, note, received_at, origin, contract)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (asset, id) DO NOTHING";
const SAME_EVENT: &str =
    "SELECT t = ?3 AND until IS ?4 AND kind = ?5 AND note = ?6 FROM event WHERE asset = ?1 AND id = ?2";
const INSERT_CHECKPOINT: &str =
    "INSERT OR REPLACE INTO checkpoint (asset, seq, model_hash, kernel_version, bytes, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const DROP_CHECKPOINTS: &str = "DELETE FROM checkpoint WHERE asset = ?1 AND seq NOT IN
    (SELECT seq FROM checkpoint WHERE asset = ?1 ORDER BY seq DESC LIMIT ?2)";

/// A quality as it stands in the file.
fn rank(quality: Quality) -> i64 {
    match quality {
        Quality::Good => 0,
        Quality::Uncertain => 1,
        Quality::Bad => 2,
    }
}
