//! What twins estimated of their parameters, an hour at a time.

use rusqlite::params;
use twin::{Span, Timestamp, id::AssetId};

use super::{Reader, Store, StoreError};

/// So many hours of each parameter are kept: a month. Older ones go as new ones come.
const KEPT: i64 = 31 * 24;

/// The mean and the 90 % interval of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The latent's name in the model.
    pub name: String,
    pub t: Timestamp,
    pub low: f64,
    pub mean: f64,
    pub high: f64,
}

impl Estimate {
    /// The hour of the asset's time that it stands for.
    pub fn hour(t: Timestamp) -> i64 {
        t.0.div_euclid(Span::HOUR.0)
    }
}

impl Store {
    /// Keeps what a twin estimated; what is kept of an hour already stays. Says whether the writer has taken them on.
    pub fn keep_estimates(&self, asset: &AssetId, estimates: &[Estimate]) -> bool {
        let (asset, estimates) = (asset.to_string(), estimates.to_vec());
        self.have_written(move |connection| {
            let key: i64 = connection.query_row("SELECT key FROM asset WHERE id = ?1", [asset], |row| row.get(0))?;
            for Estimate { name, t, low, mean, high } in estimates {
                let (hour, keep) =
                    (Estimate::hour(t), "INSERT OR IGNORE INTO estimate VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
                connection.prepare_cached(keep)?.execute(params![key, name, hour, t.0, low, mean, high])?;
                let drop = "DELETE FROM estimate WHERE asset = ?1 AND name = ?2 AND hour <= ?3";
                connection.prepare_cached(drop)?.execute(params![key, name, hour - KEPT])?;
            }
            Ok(())
        })
    }
}

impl Reader {
    /// All that is kept of asset number `asset`, by name and then by time.
    pub fn estimates(&mut self, asset: usize) -> Result<Vec<Estimate>, StoreError> {
        let (view, names, _) = self.view(asset)?;
        let find = "SELECT name, t, low, mean, high FROM estimate WHERE asset = ?1 ORDER BY name, hour";
        let mut find = view.prepare_cached(find)?;
        let found = find.query_map([names.key], |row| {
            let (name, t) = (row.get(0)?, Timestamp(row.get(1)?));
            Ok(Estimate { name, t, low: row.get(2)?, mean: row.get(3)?, high: row.get(4)? })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
