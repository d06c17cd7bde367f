//! Where single entries came from, and how the values that came in became those that are kept.

use wire::{Entry, What};

use crate::{
    Services, StoreError,
    contract::{Contract, Contracts},
    store::{KeptEntry, Lineage, Reader},
};

/// Entries of an asset that are told where none is asked for.
const NEWEST: u64 = 12;

/// The entry that was asked for, and the newest ones beside it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traced {
    /// The number of the asset; without one there is nothing to trace.
    pub asset: Option<usize>,
    /// The last entries, newest first.
    pub newest: Vec<(u64, Origins)>,
    pub asked: Option<Asked>,
}

/// An entry and who handed it in.
#[derive(Debug, Clone, PartialEq)]
pub struct Origins {
    pub entry: Entry,
    pub lineage: Option<Lineage>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// It was deleted, damaged, or never there.
    Missing { seq: u64 },
    /// Something that happened, no sample.
    Event { seq: u64, entry: Entry },
    Sample {
        seq: u64,
        lineage: Box<Lineage>,
        /// What was agreed of its signal when it came.
        contract: Option<Box<Contract>>,
    },
}

/// Traces entry `seq` of asset number `asset`, and the newest entries of that asset.
pub async fn lineage(services: &Services, asset: Option<usize>, seq: Option<u64>) -> Result<Traced, StoreError> {
    let Some(asset) = asset else { return Ok(Traced::default()) };
    let (last, _) = services.store.stand(asset);
    let id = services.catalog.assets()[asset].id.to_string();
    let model = services.catalog.assets()[asset].model.clone();
    let read = move |reader: &mut Reader| {
        let mut newest = Vec::new();
        for kept in reader.kept_entries(asset, last.saturating_sub(NEWEST), NEWEST as usize)?.into_iter().rev() {
            newest.push((kept.seq, origins(reader, kept)?));
        }
        let Some(seq) = seq else { return Ok(Traced { asset: Some(asset), newest, asked: None }) };
        let found = reader.kept_entries(asset, seq.saturating_sub(1), 1)?.into_iter().find(|kept| kept.seq == seq);
        let asked = match found {
            None => Asked::Missing { seq },
            Some(kept) => match origins(reader, kept)? {
                Origins { lineage: Some(lineage), entry } => {
                    let signal = match &entry.what {
                        What::Sample { signal, .. } => model.signals.get(usize::from(*signal)),
                        What::Event { .. } => None,
                    };
                    let body = reader.contract_revision(lineage.from.contract)?.map(|(_, body)| body);
                    let agreed = body.and_then(|body| Contracts::parse(&body).ok());
                    let contract = agreed.zip(signal).and_then(|(all, signal)| all.get(&id, &signal.name).cloned());
                    Asked::Sample { seq, lineage: Box::new(lineage), contract: contract.map(Box::new) }
                }
                Origins { lineage: None, entry } => Asked::Event { seq, entry },
            },
        };
        Ok(Traced { asset: Some(asset), newest, asked: Some(asked) })
    };
    services.store.ask(read).await
}

fn origins(reader: &mut Reader, kept: KeptEntry) -> Result<Origins, StoreError> {
    let KeptEntry { entry, from, .. } = kept;
    let lineage = match from {
        Some(from) => {
            let (origin, unit) = (reader.origin(from.origin)?, reader.unit(from.unit)?);
            Some(Lineage { entry: entry.clone(), from, origin, unit })
        }
        None => None,
    };
    Ok(Origins { entry, lineage })
}
