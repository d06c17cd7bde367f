//! A batch on the wire: scaled integer deltas where that is exact, raw f64 where it is not.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};
use twin::{Timestamp, entry::Quality, id::AssetId};

use super::{Batch, Entry, What};

/// The shape on the wire. Times are deltas to the entry before; values stand by signal, in order of seq.
#[derive(Serialize, Deserialize)]
struct Packed {
    asset: AssetId,
    first_seq: u64,
    /// Signal number + 1 an entry, 0 for an event.
    order: Vec<u16>,
    first_t: Timestamp,
    t_deltas: Vec<i64>,
    /// Where not every sample is good: one an entry that is a sample.
    qualities: Vec<Quality>,
    events: Vec<PackedEvent>,
    columns: Vec<Column>,
}

#[derive(Serialize, Deserialize)]
struct PackedEvent {
    id: String,
    kind: String,
    until: Option<Timestamp>,
    note: String,
}

#[derive(Serialize, Deserialize)]
struct Column {
    signal: u16,
    values: Values,
}

#[derive(Serialize, Deserialize)]
enum Values {
    /// Each value is its integer divided by 10^`digits`; integers are deltas to the one before.
    Scaled {
        digits: u8,
        deltas: Vec<i64>,
    },
    Raw(Vec<f64>),
}

/// More entries than a batch may hold, or parts that do not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Misfit;

const MOST_DIGITS: u8 = 9;
const POWERS: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/// Below this, integers and their quotients by a power of ten are exact images of each other.
const LARGEST: f64 = 9_007_199_254_740_992.0;

fn pack_values(values: Vec<f64>) -> Values {
    for digits in 0..=MOST_DIGITS {
        if let Some(integers) = scaled(&values, digits) {
            let mut before = 0;
            let deltas = integers
                .iter()
                .map(|n| {
                    let delta = n - before;
                    before = *n;
                    delta
                })
                .collect();
            return Values::Scaled { digits, deltas };
        }
    }
    Values::Raw(values)
}

fn scaled(values: &[f64], digits: u8) -> Option<Vec<i64>> {
    let power = POWERS[usize::from(digits)];
    values
        .iter()
        .map(|value| {
            let large = value * power;
            if !(large > -LARGEST && large < LARGEST) {
                return None;
            }
            let integer = if large < 0.0 { (large - 0.5) as i64 } else { (large + 0.5) as i64 };
            let back = integer as f64 / power;
            (back.to_bits() == value.to_bits()).then_some(integer)
        })
        .collect()
}

fn unpack_values(values: Values) -> Result<Vec<f64>, Misfit> {
    match values {
        Values::Raw(values) => Ok(values),
        Values::Scaled { digits, deltas } => {
            let power = *POWERS.get(usize::from(digits)).ok_or(Misfit)?;
            let mut integer = 0i64;
            Ok(deltas
                .into_iter()
                .map(|delta| {
                    integer = integer.wrapping_add(delta);
                    integer as f64 / power
                })
                .collect())
        }
    }
}

impl From<&Batch> for Packed {
    fn from(batch: &Batch) -> Packed {
        let first_t = batch.entries.first().map_or(Timestamp(0), |entry| entry.t);
        let mut packed = Packed {
            asset: batch.asset.clone(),
            first_seq: batch.first_seq,
            order: Vec::with_capacity(batch.entries.len()),
            first_t,
            t_deltas: Vec::with_capacity(batch.entries.len()),
            qualities: Vec::new(),
            events: Vec::new(),
            columns: Vec::new(),
        };
        let mut columns: Vec<(u16, Vec<f64>)> = Vec::new();
        let mut before = first_t;
        for entry in &batch.entries {
            packed.t_deltas.push(entry.t.0.wrapping_sub(before.0));
            before = entry.t;
            match &entry.what {
                What::Sample { signal, value, quality } => {
                    let (signal, value, quality) = (*signal, *value, *quality);
                    packed.order.push(signal + 1);
                    packed.qualities.push(quality);
                    match columns.iter_mut().find(|(number, _)| *number == signal) {
                        Some((_, values)) => values.push(value),
                        None => columns.push((signal, alloc::vec![value])),
                    }
                }
                What::Event { id, kind, until, note } => {
                    packed.order.push(0);
                    let (id, kind, note) = (id.clone(), kind.clone(), note.clone());
                    packed.events.push(PackedEvent { id, kind, until: *until, note });
                }
            }
        }
        if packed.qualities.iter().all(|quality| *quality == Quality::Good) {
            packed.qualities.clear();
        }
        packed.columns =
            columns.into_iter().map(|(signal, values)| Column { signal, values: pack_values(values) }).collect();
        packed
    }
}

impl TryFrom<Packed> for Batch {
    type Error = Misfit;

    fn try_from(packed: Packed) -> Result<Batch, Misfit> {
        if packed.t_deltas.len() != packed.order.len() {
            return Err(Misfit);
        }
        let mut columns = Vec::with_capacity(packed.columns.len());
        for column in packed.columns {
            columns.push((column.signal, unpack_values(column.values)?.into_iter()));
        }
        let all_good = packed.qualities.is_empty();
        let mut qualities = packed.qualities.into_iter();
        let mut events = packed.events.into_iter();
        let mut t = packed.first_t.0;
        let mut entries = Vec::with_capacity(packed.order.len());
        for (order, delta) in packed.order.into_iter().zip(packed.t_deltas) {
            t = t.wrapping_add(delta);
            let what = match order.checked_sub(1) {
                None => {
                    let PackedEvent { id, kind, until, note } = events.next().ok_or(Misfit)?;
                    What::Event { id, kind, until, note }
                }
                Some(signal) => {
                    let (_, values) = columns.iter_mut().find(|(number, _)| *number == signal).ok_or(Misfit)?;
                    let value = values.next().ok_or(Misfit)?;
                    let quality = if all_good { Quality::Good } else { qualities.next().ok_or(Misfit)? };
                    What::Sample { signal, value, quality }
                }
            };
            entries.push(Entry { t: Timestamp(t), what });
        }
        let all_used = events.next().is_none()
            && qualities.next().is_none()
            && columns.iter_mut().all(|(_, values)| values.next().is_none());
        if !all_used {
            return Err(Misfit);
        }
        Ok(Batch { asset: packed.asset, first_seq: packed.first_seq, entries })
    }
}

impl Serialize for Batch {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Packed::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Batch {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Batch, D::Error> {
        let packed = Packed::deserialize(deserializer)?;
        Batch::try_from(packed).map_err(|Misfit| serde::de::Error::custom("parts of the batch do not fit together"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn digits(values: &[f64]) -> Option<u8> {
        match pack_values(values.to_vec()) {
            Values::Scaled { digits, .. } => Some(digits),
            Values::Raw(_) => None,
        }
    }

    #[test]
    fn decimal_readings_become_scaled_integers() {
        assert_eq!(digits(&[1.0, 2.0]), Some(0));
        assert_eq!(digits(&[4.19149, 4.19075]), Some(5));
    }

    #[test]
    fn what_would_not_come_back_to_the_bit_stays_raw() {
        for value in [-0.0, f64::NAN, f64::INFINITY, 1.0 / 3.0, 1e300, core::f64::consts::PI] {
            assert_eq!(digits(&[value]), None, "{value}");
        }
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let packed = Packed {
            asset: AssetId::parse("a").unwrap(),
            first_seq: 1,
            order: vec![1],
            first_t: Timestamp(0),
            t_deltas: vec![0],
            qualities: vec![],
            events: vec![],
            columns: vec![],
        };
        assert_eq!(Batch::try_from(packed), Err(Misfit));
    }

    proptest::proptest! {
        #[test]
        fn every_value_comes_back_to_the_bit(bits in proptest::collection::vec(proptest::num::u64::ANY, 0..20)) {
            let values: Vec<f64> = bits.iter().map(|bits| f64::from_bits(*bits)).collect();
            let back = unpack_values(pack_values(values)).unwrap();
            let back: Vec<u64> = back.iter().map(|value| value.to_bits()).collect();
            assert_eq!(back, bits);
        }

        #[test]
        fn every_decimal_comes_back_to_the_bit(numbers in proptest::collection::vec(-1_000_000_000i64..1_000_000_000, 0..20), digits in 0u8..7) {
            let values: Vec<f64> = numbers.iter().map(|n| *n as f64 / POWERS[usize::from(digits)]).collect();
            let bits: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
            let back = unpack_values(pack_values(values)).unwrap();
            let back: Vec<u64> = back.iter().map(|value| value.to_bits()).collect();
            assert_eq!(back, bits);
        }
    }
}
