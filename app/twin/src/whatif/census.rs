//! Ten thousand members, counted: stepped in chunks by as many workers as there are, with one result however they are
//! shared out.
//!
//! Each value is counted in a bin of its quantity and instant. Counts are whole numbers, so that they add up to the same
//! in any order; a quantile is read off them to within a bin, a 64th of the coarse band.

mod few;

use alloc::{collections::BTreeMap, vec::Vec};
use core::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Crossing, Fork, Horizon, Projection, Scenario, Seen};
use crate::{
    KERNEL_VERSION,
    lanes::{self, Bits, F, Lane},
    model::program::{Block, MEMBERS},
    time::Timestamp,
    twin::{Band, StateHash, Twin},
};

/// Members that are stepped together.
pub const CHUNK: usize = 8 * MEMBERS;
/// Bins of the counted range; one more on either side takes what lies outside.
const BINS: usize = 256;
const SLOTS: usize = BINS + 2;
/// The counted range reaches so many widths of the coarse band beyond it.
const BEYOND: f64 = 1.5;
/// Parts of a bin in which a mean is added up; whole, so that it is the same in any order.
const PARTS: f64 = 65_536.0;
/// 2^52: from here on an `f64` is whole, and its lowest bits are the number.
const WHOLE: f64 = 4_503_599_627_370_496.0;
/// One member further away counts as being there: so 2^22 members cannot overflow a sum.
const FURTHEST: f64 = 1_099_511_627_776.0;

/// Where the values of each quantity are counted at each instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    pub times: Vec<Timestamp>,
    /// By quantity, inputs too, then by time: the lower end of the counted range and the width of a bin.
    places: Vec<Vec<(f64, f64)>>,
}

impl Grid {
    /// About the bands of a projection with few members, of the same scenario and horizon.
    pub fn about(coarse: &Projection) -> Grid {
        let places = coarse.bands.iter().map(|bands| bands.iter().map(place).collect()).collect();
        Grid { times: coarse.times.clone(), places }
    }
}

/// Where values are counted that a few members show to lie in this band: the lower end and the width of a bin.
fn place(band: &Band) -> (f64, f64) {
    let spread = band.high - band.low;
    // Members that are all alike still need bins that a rounding error does not leave.
    let least = (band.mid.abs() * 1e-9).max(f64::MIN_POSITIVE * 1e12);
    let spread = if spread > least { spread } else { least };
    (band.low - BEYOND * spread, spread * (1.0 + 2.0 * BEYOND) / BINS as f64)
}

/// One quantity at the end of a future: how many members are where.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spread {
    /// Where the first bin begins, and how wide each is.
    pub low: f64,
    pub width: f64,
    /// Members below the first bin, in each, and beyond the last; empty of an input that is the same for all.
    pub counts: Vec<u32>,
}

impl Spread {
    /// Counts these, of which the band is.
    pub(super) fn of(band: &Band, values: &[Block]) -> Spread {
        let (low, width) = place(band);
        let mut counts = alloc::vec![0; SLOTS];
        values.iter().for_each(|block| {
            add(&mut counts, block, 1, (low, width));
        });
        Spread { low, width, counts }
    }
}

/// How many members were where, and when they met each failure's condition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Census {
    pub members: u32,
    /// By quantity, then time, then slot; empty until something was counted.
    #[serde(with = "few")]
    counts: Vec<u32>,
    /// By quantity, then time: the sum of how far members lie above the range's lower end, in parts of a bin.
    sums: Vec<i64>,
    /// By condition, as in a projection: how many members met it first at that time.
    met: Vec<BTreeMap<Timestamp, u32>>,
    /// By number of the chunk: where its members end.
    hashes: BTreeMap<u32, StateHash>,
}

/// Steps the members of the chunks `chunks` and counts them; `None` for a twin that was told nothing, or a grid of
/// another horizon.
pub fn count(
    twin: &Twin,
    scenario: &Scenario,
    horizon: Horizon,
    grid: &Grid,
    chunks: Range<u32>,
    seed: u64,
) -> Option<Census> {
    let mut fork = Fork::of(twin, scenario, horizon, seed)?;
    if fork.instants() != grid.times.len() || twin.model().quantities.len() != grid.places.len() {
        return None;
    }
    let mut census = Census {
        members: 0,
        counts: alloc::vec![0; grid.places.len() * grid.times.len() * SLOTS],
        sums: alloc::vec![0; grid.places.len() * grid.times.len()],
        met: alloc::vec![BTreeMap::new(); twin.model().inside.conditions.count()],
        hashes: BTreeMap::new(),
    };
    for chunk in chunks {
        let mut instant = 0;
        let first = chunk as usize * CHUNK / MEMBERS;
        let mut has_met = alloc::vec![[false; CHUNK]; census.met.len()];
        let hash = fork.march(first..first + CHUNK / MEMBERS, |seen| match seen {
            Seen::Met { t, condition, member } => {
                let has_met = &mut has_met[condition][member % CHUNK];
                if !core::mem::replace(has_met, true) {
                    *census.met[condition].entry(t).or_default() += 1;
                }
            }
            Seen::Kept { t, inputs: held, columns } => {
                let mut values = Block::splat(0.0);
                for column in columns {
                    column.show(held, t, |blocks, quantity, shown| {
                        shown.copy_to(&mut values);
                        let row = quantity * grid.times.len() + instant;
                        let slots = &mut census.counts[row * SLOTS..][..SLOTS];
                        census.sums[row] += add(slots, &values, blocks.len() as u32, grid.places[quantity][instant]);
                    });
                }
                instant += 1;
            }
        });
        census.members += CHUNK as u32;
        census.hashes.insert(chunk, hash);
    }
    Some(census)
}

/// Counts the members of so many blocks alike, and gives the sum of their places in parts of a bin.
fn add(slots: &mut [u32], values: &Block, blocks: u32, (low, width): (f64, f64)) -> i64 {
    let (low, scale) = (F::splat(low), F::splat(1.0 / width));
    let [before, after] = [-0.5, BINS as f64 + 0.25].map(F::splat);
    let half = F::splat(0.5);
    let furthest = F::splat(FURTHEST);
    let mut sum = F::splat(0.0).bits();
    // Plain loops: a chain of iterators is not made one where the code is to be small.
    for value in values.iter() {
        let place = (*value - low) * scale;
        // What is no number counts as the greatest, as in a quantile of members.
        let inside = lanes::select(lanes::lt(place, after), place, after);
        let inside = lanes::select(lanes::lt(inside, before), before, inside);
        // The next whole number, which a sum with 2^52 has in its lowest bits.
        let slot = (inside + half + F::splat(WHOLE)).bits();
        for lane in 0..lanes::WIDTH {
            slots[slot.lane(lane) as u32 as usize] += blocks;
        }
        let parts = place * F::splat(PARTS);
        let parts = lanes::select(lanes::lt(parts, furthest), parts, furthest);
        let parts = lanes::select(lanes::lt(parts, F::splat(-FURTHEST)), F::splat(-FURTHEST), parts);
        sum += (parts + F::splat(WHOLE + FURTHEST)).bits() - F::splat(WHOLE + FURTHEST).bits();
    }
    i64::from(blocks) * (0..lanes::WIDTH).fold(0, |all, lane| all + sum.lane(lane) as i64)
}

impl Census {
    /// Adds what another share of the same run counted.
    pub fn merge(&mut self, other: &Census) {
        if self.counts.is_empty() {
            self.counts = alloc::vec![0; other.counts.len()];
            self.sums = alloc::vec![0; other.sums.len()];
            self.met = alloc::vec![BTreeMap::new(); other.met.len()];
        }
        self.members += other.members;
        self.counts.iter_mut().zip(&other.counts).for_each(|(sum, more)| *sum += more);
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, more)| *sum += more);
        for (met, more) in self.met.iter_mut().zip(&other.met) {
            more.iter().for_each(|(t, count)| *met.entry(*t).or_default() += count);
        }
        self.hashes.extend(&other.hashes);
    }

    /// What was counted as a projection: members in order of when they met a condition, bands as they were read off.
    /// `coarse` is what the grid was made about; its conditions, and the inputs that are the same for all, are those of all members.
    pub fn projection(&self, grid: &Grid, coarse: &Projection) -> Projection {
        let times = grid.times.len();
        // What is the same for all members was not counted.
        let is_same = |quantity: usize| coarse.ends[quantity].counts.is_empty();
        let of = |(quantity, places): (usize, &Vec<(f64, f64)>)| match is_same(quantity) {
            true => coarse.bands[quantity].clone(),
            false => {
                let band = |(instant, place): (usize, &(f64, f64))| self.band(quantity * times + instant, *place);
                places.iter().enumerate().map(band).collect()
            }
        };
        let crossing = |(counted, like): (&BTreeMap<Timestamp, u32>, &Crossing)| {
            let mut first: Vec<Option<Timestamp>> = Vec::with_capacity(self.members as usize);
            counted.iter().for_each(|(t, count)| first.extend(core::iter::repeat_n(Some(*t), *count as usize)));
            first.resize(self.members as usize, None);
            Crossing { met: like.met, first }
        };
        let end = |(quantity, places): (usize, &Vec<(f64, f64)>)| {
            let row = (quantity + 1) * times - 1;
            let (low, width) = *places.last().filter(|_| !is_same(quantity))?;
            Some(Spread { low, width, counts: self.counts[row * SLOTS..][..SLOTS].to_vec() })
        };
        Projection {
            members: self.members as usize,
            times: grid.times.clone(),
            bands: grid.places.iter().enumerate().map(of).collect(),
            ends: grid.places.iter().enumerate().map(|of| end(of).unwrap_or_default()).collect(),
            crossings: self.met.iter().zip(&coarse.crossings).map(crossing).collect(),
            hash: self.hash(),
        }
    }

    fn band(&self, row: usize, (low, width): (f64, f64)) -> Band {
        let slots = &self.counts[row * SLOTS..][..SLOTS];
        let quantile = |share: f64| {
            // As far as `share` of all members lie below; inside a bin they lie evenly.
            let wanted = share * f64::from(self.members);
            let mut below = 0.0;
            for (slot, count) in slots.iter().enumerate() {
                let count = f64::from(*count);
                if below + count >= wanted && count > 0.0 {
                    let inside = match slot {
                        0 => 0.0,
                        slot if slot == SLOTS - 1 => BINS as f64,
                        slot => (slot - 1) as f64 + (wanted - below) / count,
                    };
                    return low + inside * width;
                }
                below += count;
            }
            f64::NAN
        };
        let mean = low + width / PARTS * self.sums[row] as f64 / f64::from(self.members);
        Band { mean, low: quantile(0.05), mid: quantile(0.5), high: quantile(0.95) }
    }

    /// Of where all members end: the same for every way in which the chunks were shared out.
    pub fn hash(&self) -> StateHash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&KERNEL_VERSION.to_le_bytes());
        for (chunk, hash) in &self.hashes {
            hasher.update(&chunk.to_le_bytes());
            hasher.update(&hash.0.to_le_bytes());
        }
        StateHash::of(&hasher)
    }
}
