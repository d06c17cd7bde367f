//! Runs of samples as bytes: one column after the other, compressed where that pays.

#[cfg(test)]
mod tests;

use pco::{ChunkConfig, DeltaSpec, ModeSpec, data_types::Number, standalone};
use serde::{Deserialize, Serialize};

/// The form of the bytes, their first one.
const VERSION: u8 = 1;
/// More samples than any commit or housekeeping puts into one block: a few bytes can claim to stand for billions.
const MOST: usize = 1 << 20;
/// Shorter columns are cheaper as they are: a compressed one begins with a table.
const PACK_FROM: usize = 64;

/// A block that is not what was written, or that another release wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    #[error("made by another release: form {0}")]
    Version(u8),
    #[error("its bytes are not what was written")]
    Damaged,
}

/// Where a sample came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provenance {
    /// The number of the delivery that brought it.
    pub delivery: i64,
    /// The key of whoever handed it in.
    pub origin: i64,
    /// Microseconds UTC.
    pub received_at: i64,
    /// The revision of the contracts that it was checked against.
    pub contract: i64,
    /// The key of the unit that it came in; 0 for the one that is agreed upon.
    pub unit: i64,
}

/// One sample as it is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Microseconds UTC.
    pub t: i64,
    pub value: f64,
    pub seq: u64,
    pub quality: u8,
    pub from: Provenance,
}

/// Samples of one signal, a column each; what repeats is kept as runs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    /// The signal's key in the file.
    pub signal: i64,
    pub times: Vec<i64>,
    pub values: Vec<f64>,
    pub seqs: Vec<i64>,
    qualities: Vec<(u32, u8)>,
    provenances: Vec<(u32, Provenance)>,
}

impl Section {
    pub fn new(signal: i64) -> Section {
        Section { signal, ..Section::default() }
    }

    pub fn push(&mut self, row: Row) {
        self.times.push(row.t);
        self.values.push(row.value);
        self.seqs.push(row.seq.cast_signed());
        extend(&mut self.qualities, row.quality);
        extend(&mut self.provenances, row.from);
    }

    pub fn len(&self) -> usize {
        self.times.len()
    }

    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    pub fn rows(&self) -> impl Iterator<Item = Row> {
        let qualities = self.qualities.iter().flat_map(|(n, quality)| std::iter::repeat_n(*quality, *n as usize));
        let provenances = self.provenances.iter().flat_map(|(n, from)| std::iter::repeat_n(*from, *n as usize));
        let columns = self.times.iter().zip(&self.values).zip(&self.seqs).zip(qualities).zip(provenances);
        columns.map(|((((t, value), seq), quality), from)| Row {
            t: *t,
            value: *value,
            seq: seq.cast_unsigned(),
            quality,
            from,
        })
    }
}

fn extend<T: PartialEq>(runs: &mut Vec<(u32, T)>, value: T) {
    match runs.last_mut() {
        Some((n, last)) if *last == value => *n += 1,
        _ => runs.push((1, value)),
    }
}

/// How much work compression is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Somebody waits for the commit, and the block is soon replaced.
    Landing,
    /// For good.
    Lasting,
}

#[derive(Serialize, Deserialize)]
enum Integers {
    Constant(i64),
    /// The first, and the step to each that follows.
    Even(i64, i64),
    /// Each as the difference to the one before, the first to 0.
    Deltas(Vec<i64>),
    Packed(Vec<u8>),
}

#[derive(Serialize, Deserialize)]
enum Values {
    Constant(f64),
    Plain(Vec<f64>),
    Packed(Vec<u8>),
}

#[derive(Serialize, Deserialize)]
struct Packed {
    signal: i64,
    count: u32,
    times: Integers,
    values: Values,
    seqs: Integers,
    qualities: Vec<(u32, u8)>,
    runs: u32,
    lengths: Integers,
    deliveries: Integers,
    origins: Integers,
    received_at: Integers,
    contracts: Integers,
    units: Integers,
}

/// Writes sections as bytes.
pub fn encode(sections: &[Section], effort: Effort) -> Vec<u8> {
    let packed: Vec<Packed> = sections.iter().map(|section| pack(section, effort)).collect();
    postcard::to_extend(&packed, vec![VERSION]).expect("a section has no value that postcard cannot write")
}

/// Reads what `encode` wrote; the caller has made sure that these are the bytes.
pub fn decode(bytes: &[u8]) -> Result<Vec<Section>, BlockError> {
    match bytes.split_first() {
        Some((&VERSION, body)) => {
            let packed: Vec<Packed> = postcard::from_bytes(body).map_err(|_| BlockError::Damaged)?;
            let claimed = packed.iter().fold(0, |sum: usize, section| sum.saturating_add(section.count as usize));
            // A provenance is of one sample at least.
            if claimed > MOST || packed.iter().any(|section| section.runs > section.count) {
                return Err(BlockError::Damaged);
            }
            packed.into_iter().map(unpack).collect()
        }
        Some((other, _)) => Err(BlockError::Version(*other)),
        None => Err(BlockError::Damaged),
    }
}

fn pack(section: &Section, effort: Effort) -> Packed {
    let column =
        |of: fn(&Provenance) -> i64| integers(section.provenances.iter().map(|(_, from)| of(from)).collect(), effort);
    Packed {
        signal: section.signal,
        count: section.len() as u32,
        times: integers(section.times.clone(), effort),
        values: values(&section.values, effort),
        seqs: integers(section.seqs.clone(), effort),
        qualities: section.qualities.clone(),
        runs: section.provenances.len() as u32,
        lengths: integers(section.provenances.iter().map(|(n, _)| i64::from(*n)).collect(), effort),
        deliveries: column(|from| from.delivery),
        origins: column(|from| from.origin),
        received_at: column(|from| from.received_at),
        contracts: column(|from| from.contract),
        units: column(|from| from.unit),
    }
}

fn unpack(packed: Packed) -> Result<Section, BlockError> {
    let (count, runs) = (packed.count as usize, packed.runs as usize);
    let lengths = expand(packed.lengths, runs)?;
    let [deliveries, origins, received_at, contracts, units] =
        [packed.deliveries, packed.origins, packed.received_at, packed.contracts, packed.units]
            .map(|column| expand(column, runs));
    let (deliveries, origins, received_at) = (deliveries?, origins?, received_at?);
    let (contracts, units) = (contracts?, units?);
    let provenances = (0..runs)
        .map(|run| {
            let from = Provenance {
                delivery: deliveries[run],
                origin: origins[run],
                received_at: received_at[run],
                contract: contracts[run],
                unit: units[run],
            };
            u32::try_from(lengths[run]).map(|length| (length, from)).map_err(|_| BlockError::Damaged)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let section = Section {
        signal: packed.signal,
        times: expand(packed.times, count)?,
        values: expand_values(packed.values, count)?,
        seqs: expand(packed.seqs, count)?,
        qualities: packed.qualities,
        provenances,
    };
    let covers = |lengths: &mut dyn Iterator<Item = u32>| lengths.map(|n| n as usize).sum::<usize>() == count;
    let fits = covers(&mut section.qualities.iter().map(|(n, _)| *n))
        && covers(&mut section.provenances.iter().map(|(n, _)| *n));
    if fits { Ok(section) } else { Err(BlockError::Damaged) }
}

fn integers(column: Vec<i64>, effort: Effort) -> Integers {
    let (first, second) = match column[..] {
        [] => return Integers::Deltas(column),
        [first] => return Integers::Constant(first),
        [first, second, ..] => (first, second),
    };
    let step = second.wrapping_sub(first);
    if column.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step) {
        return if step == 0 { Integers::Constant(first) } else { Integers::Even(first, step) };
    }
    if column.len() >= PACK_FROM
        && let Ok(packed) = standalone::simple_compress(&column, &config(effort))
    {
        return Integers::Packed(packed);
    }
    let mut before = 0i64;
    let delta = |value: i64| value.wrapping_sub(std::mem::replace(&mut before, value));
    Integers::Deltas(column.into_iter().map(delta).collect())
}

fn values(column: &[f64], effort: Effort) -> Values {
    if let [first, rest @ ..] = column
        && rest.iter().all(|value| value.to_bits() == first.to_bits())
    {
        return Values::Constant(*first);
    }
    if column.len() >= PACK_FROM
        && let Ok(packed) = standalone::simple_compress(column, &config(effort))
    {
        return Values::Packed(packed);
    }
    Values::Plain(column.to_vec())
}

fn config(effort: Effort) -> ChunkConfig {
    match effort {
        Effort::Landing => ChunkConfig::default()
            .with_compression_level(2)
            .with_mode_spec(ModeSpec::Classic)
            .with_delta_spec(DeltaSpec::TryConsecutive(1)),
        Effort::Lasting => ChunkConfig::default(),
    }
}

fn expand(column: Integers, count: usize) -> Result<Vec<i64>, BlockError> {
    let column = match column {
        Integers::Constant(value) => vec![value; count],
        Integers::Even(first, step) => {
            (0..count as i64).map(|place| first.wrapping_add(step.wrapping_mul(place))).collect()
        }
        Integers::Deltas(mut deltas) => {
            let mut value = 0i64;
            for delta in &mut deltas {
                value = value.wrapping_add(*delta);
                *delta = value;
            }
            deltas
        }
        Integers::Packed(bytes) => decompress(&bytes, count)?,
    };
    if column.len() == count { Ok(column) } else { Err(BlockError::Damaged) }
}

fn expand_values(column: Values, count: usize) -> Result<Vec<f64>, BlockError> {
    let column = match column {
        Values::Constant(value) => vec![value; count],
        Values::Plain(values) => values,
        Values::Packed(bytes) => decompress(&bytes, count)?,
    };
    if column.len() == count { Ok(column) } else { Err(BlockError::Damaged) }
}

/// Exactly so many numbers, whatever the bytes say of their own length.
fn decompress<T: Number + Default>(bytes: &[u8], count: usize) -> Result<Vec<T>, BlockError> {
    let mut column = vec![T::default(); count];
    let done = standalone::simple_decompress_into(bytes, &mut column).map_err(|_| BlockError::Damaged)?;
    if done.finished && done.n_processed == count { Ok(column) } else { Err(BlockError::Damaged) }
}
