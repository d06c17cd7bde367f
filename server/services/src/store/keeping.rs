//! What one transaction writes: samples, events, rejections, origins, checkpoints, clocks.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use twin::Timestamp;
use wire::{Batch, Entry, What};

use super::{
    CheckpointRow, Receipt, Refused, StoreError,
    block::{Effort, Provenance, Row, Section},
    blocks::{self, Lately},
    late::{self, Stretch},
    memory::{AssetMemory, Place},
    quality as kept_quality, quarantine,
    read::{Layout, Names, rank},
};
use crate::{
    catalog::Catalog,
    clocks::Standing,
    ingest::Origin,
    quality::{Heard, Monitor, Place as Order, QualityEvent, traffic::Tally},
    refusals::Refusals,
    validate::{Checked, Fit, Fitting, Rejection, Terms, conflict},
};

/// The newest checkpoints of an asset, all of which are kept: where one is broken, another stands in for it.
pub const CHECKPOINTS: i64 = 3;
/// Of those before, one is kept of every so many entries, so that no state of the past is far from one that is kept,
const STRETCH: i64 = 16_384;
/// and so many of these: a million entries.
const STRETCHES: i64 = 64;
/// Names of units that are kept for lineage; what comes in yet another one is kept without it.
const MOST_UNITS: i64 = 1024;

/// One open transaction.
pub struct Keeping<'a> {
    pub connection: &'a Connection,
    pub layout: &'a Layout,
    pub catalog: &'a Catalog,
    /// The number of the contracts that everything is checked against.
    pub contract: i64,
    pub memory: &'a mut [AssetMemory],
    pub monitor: &'a mut Monitor,
    pub lately: &'a mut Lately,
    /// What the transaction adds, by asset number.
    pub batches: BTreeMap<usize, Batch>,
    /// What was noticed of the data.
    pub told: Vec<QualityEvent>,
    pub landing: BTreeMap<usize, Vec<Section>>,
    /// What is refused, for the log.
    pub refused: Refusals,
    /// How much was looked up of the past.
    pub learned: usize,
}

/// What is written down of everything in one delivery.
#[derive(Debug, Clone, Copy)]
pub struct Handed {
    pub delivery: i64,
    /// The key of whoever handed it in.
    pub origin: i64,
}

impl<'a> Keeping<'a> {
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

    /// Takes a delivery in: new entries get the next seqs, the rest is told apart.
    pub fn keep(&mut self, checked: &Checked, handed: Handed) -> Result<(Receipt, Tally), StoreError> {
        let Handed { delivery, origin } = handed;
        let units = self.units(&checked.units)?;
        let received_at = checked.received_at.0;
        let contract = self.contract;
        let (mut receipt, mut tally) = (Receipt::default(), Tally::default());
        for fit in &checked.fit {
            let outcome = match &fit.what {
                Fitting::Sample { unit, .. } => {
                    let unit = units[usize::from(*unit)];
                    self.sample(fit, Provenance { delivery, origin, received_at, contract, unit }, &mut tally)?
                }
                Fitting::Event { .. } => self.event(fit, received_at, origin)?,
            };
            match outcome {
                Outcome::New => receipt.accepted += 1,
                Outcome::Duplicate => receipt.duplicates += 1,
                Outcome::Conflict(detail) => {
                    let rejection = conflict(self.catalog, checked, fit, detail);
                    self.reject(checked, &rejection, origin)?;
                    receipt.rejected.push(refused(&rejection));
                }
            }
        }
        for rejection in &checked.rejected {
            if let Some((asset, signal, arrived)) = rejection.ahead
                && let Some(t) = rejection.said.t
            {
                let heard = Heard { asset, signal, t, value: 0.0, arrived };
                self.monitor.observe_time(self.catalog, heard, &mut self.told);
            }
            self.reject(checked, rejection, origin)?;
            receipt.rejected.push(refused(rejection));
        }
        receipt.rejected.sort_unstable_by_key(|refused| refused.index);
        tally.accepted = receipt.accepted as u64;
        tally.duplicates = receipt.duplicates as u64;
        tally.rejected = receipt.rejected.len() as u64;
        // From the asset's clock at arrival to the newest time in the delivery.
        let lag = checked.fit.iter().map(|fit| fit.arrived - fit.t).min_by_key(|lag| lag.0);
        tally.lag = lag.unwrap_or_default();
        Ok((receipt, tally))
    }

    /// Writes down what was noticed of the data.
    pub fn keep_told(&mut self, at: Timestamp) -> Result<(), StoreError> {
        if self.told.is_empty() {
            return Ok(());
        }
        kept_quality::keep(self.connection, self.layout, &std::mem::take(&mut self.told), at)
    }

    /// Writes the blocks of what was taken in.
    pub fn land(&mut self) -> Result<(), StoreError> {
        for (asset, sections) in std::mem::take(&mut self.landing) {
            let key = self.layout.assets()[asset].key;
            if let Some(made) = blocks::make(key, 0, &sections, Effort::Landing) {
                let key = blocks::insert(self.connection, &made)?;
                // Whatever comes late is looked for in it until it is compacted.
                self.lately.keep(key, &made, sections);
            }
        }
        Ok(())
    }

    fn sample(&mut self, fit: &Fit, from: Provenance, tally: &mut Tally) -> Result<Outcome, StoreError> {
        let Fitting::Sample { signal, value, quality, .. } = fit.what else { return Ok(Outcome::Duplicate) };
        let (number, t) = (usize::from(signal), fit.t.0);
        let names = &self.layout.assets()[fit.asset];
        let taken = match self.memory[fit.asset].signals[number].place(t) {
            Place::Free => None,
            Place::Taken(kept) => Some(kept),
            Place::Earlier => self.kept_earlier(fit.asset, names, number, t)?,
        };
        match taken {
            Some(kept) if kept.to_bits() == value.to_bits() => return Ok(Outcome::Duplicate),
            Some(kept) => return Ok(Outcome::Conflict(format!("{kept} is kept of this time, not {value}"))),
            None => {}
        }
        let heard = Heard { asset: fit.asset, signal, t: fit.t, value, arrived: fit.arrived };
        let noted = self.monitor.observe(self.catalog, heard, &mut self.told);
        let quality = quality.max(noted.quality);
        tally.out_of_order += u64::from(noted.place != Order::InOrder);
        tally.late += u64::from(noted.place == Order::Late);
        let memory = &mut self.memory[fit.asset];
        let seq = memory.last_seq + 1;
        memory.signals[number].remember(signal, t, value, quality);
        let key = names.signals[number];
        let sections = self.landing.entry(fit.asset).or_default();
        let place = match sections.iter().position(|section| section.signal == key) {
            Some(place) => place,
            None => {
                sections.push(Section::new(key));
                sections.len() - 1
            }
        };
        sections[place].push(Row { t, value, seq, quality: rank(quality), from });
        self.add(fit, seq, What::Sample { signal, value, quality });
        Ok(Outcome::New)
    }

    /// The value that is kept of a time of the past that is not known yet; what is around it is known from then on.
    fn kept_earlier(&mut self, asset: usize, names: &Names, number: usize, t: i64) -> Result<Option<f64>, StoreError> {
        let landing = self.landing.get(&asset).map_or(&[][..], Vec::as_slice);
        let since = self.memory[asset].signals[number].since();
        let keys = [names.key, names.signals[number]];
        let stretch = Stretch::look_up(self.connection, self.lately, landing, keys, t, since)?;
        self.memory[asset].signals[number].past.learn(&stretch);
        self.learned += stretch.len() + 1;
        if self.learned > late::MOST / 8 {
            self.learned = 0;
            late::keep_within(self.memory, late::MOST);
        }
        Ok(stretch.at(t))
    }

    fn event(&mut self, fit: &Fit, received_at: i64, origin: i64) -> Result<Outcome, StoreError> {
        let Fitting::Event { id, until, kind, note } = &fit.what else { return Ok(Outcome::Duplicate) };
        let asset = self.layout.assets()[fit.asset].key;
        let seq = self.memory[fit.asset].last_seq + 1;
        let until_t = until.map(|t| t.0);
        let row = params![asset, id, seq, fit.t.0, until_t, kind, note, received_at, origin, self.contract];
        if self.connection.prepare_cached(INSERT_EVENT)?.execute(row)? == 1 {
            let what = What::Event { id: id.clone(), kind: kind.clone(), until: *until, note: note.clone() };
            self.add(fit, seq, what);
            return Ok(Outcome::New);
        }
        let same = params![asset, id, fit.t.0, until_t, kind, note];
        let is_same: bool = self.connection.prepare_cached(SAME_EVENT)?.query_row(same, |row| row.get(0))?;
        Ok(if is_same {
            Outcome::Duplicate
        } else {
            Outcome::Conflict(format!("event `{id}` is kept with another content"))
        })
    }

    /// Numbers a new entry.
    fn add(&mut self, fit: &Fit, seq: u64, what: What) {
        self.memory[fit.asset].last_seq = seq;
        let asset = &self.layout.assets()[fit.asset].id;
        let empty = || Batch { asset: asset.clone(), first_seq: seq, entries: Vec::new() };
        self.batches.entry(fit.asset).or_insert_with(empty).entries.push(Entry { t: fit.t, what });
    }

    /// The keys of units that samples came in; that of the agreed one first.
    fn units(&self, names: &[String]) -> Result<Vec<i64>, StoreError> {
        let mut keys = vec![0];
        for name in names {
            let make =
                "INSERT INTO unit (name) SELECT ?1 WHERE (SELECT count(*) FROM unit) < ?2 ON CONFLICT DO NOTHING";
            self.connection.prepare_cached(make)?.execute(params![name, MOST_UNITS])?;
            let find = "SELECT coalesce((SELECT key FROM unit WHERE name = ?1), -1)";
            keys.push(self.connection.prepare_cached(find)?.query_row([name], |row| row.get(0))?);
        }
        Ok(keys)
    }

    fn reject(&mut self, checked: &Checked, rejection: &Rejection, origin: i64) -> Result<(), StoreError> {
        match checked.terms {
            Terms::Usual => {
                self.refused.add(rejection);
                quarantine::reject(self.connection, rejection, checked.received_at, origin)
            }
            // It is in quarantine already, and stays there.
            Terms::Readmitted(_) => Ok(()),
        }
    }

    pub fn checkpoint(&self, row: &CheckpointRow) -> Result<(), StoreError> {
        let asset = self.layout.assets()[row.asset].key;
        let values = params![asset, row.seq, row.model_hash.0, row.kernel_version, row.bytes, row.hash.0.cast_signed()];
        self.connection.prepare_cached(INSERT_CHECKPOINT)?.execute(values)?;
        self.connection.prepare_cached(THIN_CHECKPOINTS)?.execute([asset, CHECKPOINTS, STRETCH])?;
        self.connection.prepare_cached(DROP_CHECKPOINTS)?.execute([asset, CHECKPOINTS + STRETCHES])?;
        Ok(())
    }

    pub fn standing(&self, standing: &Standing) -> Result<(), StoreError> {
        let asset = self.layout.assets()[standing.asset].key;
        let keep = "INSERT OR REPLACE INTO clock (asset, start_t, asset_t) VALUES (?1, ?2, ?3)";
        self.connection.prepare_cached(keep)?.execute([asset, standing.start.0, standing.at.0])?;
        Ok(())
    }
}

fn refused(rejection: &Rejection) -> Refused {
    let Rejection { index, reason, detail, .. } = rejection;
    Refused { index: *index, reason: *reason, detail: detail.clone() }
}

enum Outcome {
    New,
    Duplicate,
    Conflict(String),
}

const INSERT_EVENT: &str = "INSERT INTO event (asset, id, seq, t, until, kind, note, received_at, origin, contract)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (asset, id) DO NOTHING";
const SAME_EVENT: &str =
    "SELECT t = ?3 AND until IS ?4 AND kind = ?5 AND note = ?6 FROM event WHERE asset = ?1 AND id = ?2";
const INSERT_CHECKPOINT: &str =
    "INSERT OR REPLACE INTO checkpoint (asset, seq, model_hash, kernel_version, bytes, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
/// Those that have just become old, unless they are the first of their stretch by their model and kernel. Few rows are
/// looked at: this is done with every checkpoint.
const THIN_CHECKPOINTS: &str = "DELETE FROM checkpoint WHERE asset = ?1
    AND seq IN (SELECT seq FROM checkpoint WHERE asset = ?1 ORDER BY seq DESC LIMIT 2 OFFSET ?2)
    AND EXISTS (SELECT 1 FROM checkpoint AS first WHERE first.asset = ?1
        AND first.seq >= checkpoint.seq / ?3 * ?3 AND first.seq < checkpoint.seq
        AND first.model_hash = checkpoint.model_hash AND first.kernel_version = checkpoint.kernel_version)";
const DROP_CHECKPOINTS: &str = "DELETE FROM checkpoint WHERE asset = ?1
    AND seq <= (SELECT seq FROM checkpoint WHERE asset = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)";
