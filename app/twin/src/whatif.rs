//! Futures: a twin forked, changed and stepped ahead.

mod census;
mod column;
mod foreseen;
mod probe;
mod sensitivity;
mod stop;
mod swing;

use alloc::vec::Vec;
use core::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{
    KERNEL_VERSION,
    ensemble::{Drive, Ensemble, Stepper, hash_numbers},
    lanes,
    model::{
        Failure, Limit, Model,
        program::{Block, MEMBERS},
    },
    time::{Span, Timestamp},
    twin::{Band, StateHash, Twin},
};

use self::column::Column;
pub use census::{CHUNK, Census, Grid, Spread, count};
pub(crate) use foreseen::Foreseen;
pub use probe::{PLACES, Probe, probe};
pub use sensitivity::{Sensitivity, sensitivities};
pub use stop::Stop;
pub use swing::{End, Extent, Swing, swing};

/// What is changed against the present: slider number and value. Empty is the baseline.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    pub sliders: Vec<(u16, f64)>,
}

impl Scenario {
    /// The same with one slider at `value`.
    pub fn with(&self, slider: u16, value: f64) -> Scenario {
        let mut moved = self.without(slider);
        moved.sliders.push((slider, value));
        moved
    }

    /// What the other sliders come to.
    pub fn without(&self, slider: u16) -> Scenario {
        Scenario { sliders: self.sliders.iter().copied().filter(|(own, _)| *own != slider).collect() }
    }
}

/// How far ahead, and at how many instants the bands are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Horizon {
    pub span: Span,
    pub points: usize,
}

/// What a member meets: the number of a failure, or of a limit, in the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    Failure(u16),
    Limit(u16),
}

impl Met {
    /// What condition number `number` is of: failures come first, then limits.
    pub fn of(model: &Model, number: usize) -> Met {
        match number.checked_sub(model.failures.len()) {
            None => Met::Failure(number as u16),
            Some(limit) => Met::Limit(limit as u16),
        }
    }
}

/// When each member first meets a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    pub met: Met,
    /// One a member; `None` where it does not within the horizon.
    pub first: Vec<Option<Timestamp>>,
}

impl Crossing {
    /// The failure that is met, where it is one.
    pub fn failure<'m>(&self, model: &'m Model) -> Option<&'m Failure> {
        match self.met {
            Met::Failure(number) => model.failures.get(usize::from(number)),
            Met::Limit(_) => None,
        }
    }

    /// The limit that is crossed, where it is one.
    pub fn limit<'m>(&self, model: &'m Model) -> Option<&'m Limit> {
        match self.met {
            Met::Limit(number) => model.limits.get(usize::from(number)),
            Met::Failure(_) => None,
        }
    }

    /// The share of members that meet the condition within the horizon, 0 to 1.
    pub fn probability(&self) -> f64 {
        let met = self.first.iter().filter(|t| t.is_some()).count();
        met as f64 / self.first.len().max(1) as f64
    }

    /// The instant by which `share` of all members have met the condition.
    pub fn quantile(&self, share: f64) -> Option<Timestamp> {
        let mut times: Vec<Timestamp> = self.first.iter().flatten().copied().collect();
        times.sort_unstable();
        let rank = (share * self.first.len() as f64) as usize;
        times.get(rank).copied()
    }
}

/// A future of the twin.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Projection {
    pub members: usize,
    pub times: Vec<Timestamp>,
    /// By quantity of the model, then by time.
    pub bands: Vec<Vec<Band>>,
    /// By quantity: how many members are where at the last of these times.
    pub ends: Vec<Spread>,
    /// One a failure of the model, then one a limit.
    pub crossings: Vec<Crossing>,
    /// Of the final ensemble.
    pub hash: StateHash,
}

/// Steps a copy of `twin` ahead from its newest entry under `scenario`.
/// Member i starts from the twin's member i modulo 64; the same seed gives the same noise to every scenario.
/// `members` is raised to a multiple of 64. A twin that was told nothing has no future: its projection is empty.
pub fn project(twin: &Twin, scenario: &Scenario, horizon: Horizon, members: usize, seed: u64) -> Projection {
    let model = twin.model();
    let mut projection = Projection { bands: alloc::vec![Vec::new(); model.quantities.len()], ..Projection::default() };
    let Some(mut fork) = Fork::of(twin, scenario, horizon, seed) else { return projection };
    let blocks = members.div_ceil(MEMBERS).max(1);
    projection.members = blocks * MEMBERS;
    let of = |number| Crossing { met: Met::of(model, number), first: alloc::vec![None; blocks * MEMBERS] };
    projection.crossings = (0..model.inside.conditions.count()).map(of).collect();
    let instants = fork.instants();
    let Projection { times, bands, ends, crossings, hash, .. } = &mut projection;
    *hash = fork.march(0..blocks, |seen| match seen {
        Seen::Met { t, condition, member } => {
            crossings[condition].first[member].get_or_insert(t);
        }
        Seen::Kept { t, inputs, columns } => {
            times.push(t);
            let values = keep(bands, (inputs, t), columns, blocks);
            if times.len() == instants {
                let end = |(bands, values): (&Vec<Band>, &Vec<Block>)| match values.is_empty() {
                    true => Spread::default(),
                    false => Spread::of(&bands[instants - 1], values),
                };
                ends.extend(bands.iter().zip(&values).map(end));
            }
        }
    });
    projection
}

/// Blocks of members that are stepped side by side where there are so many.
const ABREAST: usize = 8;

/// What is told of a march.
enum Seen<'a, 's, 'm> {
    /// A member meets a condition.
    Met { t: Timestamp, condition: usize, member: usize },
    /// An instant of which the bands are kept.
    Kept { t: Timestamp, inputs: &'a [f64], columns: &'a mut [Column<'s, 'm>] },
}

/// A copy of a twin's ensemble, changed by a scenario.
struct Fork<'m> {
    stepper: Stepper<'m>,
    /// For many members; made when there are as many for the first time.
    wide: Option<Stepper<'m>>,
    foreseen: Foreseen,
    ensemble: Ensemble,
    steps: i64,
    stride: i64,
}

impl<'m> Fork<'m> {
    fn of(twin: &'m Twin, scenario: &Scenario, horizon: Horizon, seed: u64) -> Option<Fork<'m>> {
        let model = twin.model();
        let mut ensemble = twin.estimate()?.clone();
        let mut foreseen = Foreseen::new(model, &ensemble);
        let mut stepper = if foreseen.goes_apart() { Stepper::apart(model, seed) } else { Stepper::new(model, seed) };
        foreseen.change(&mut stepper, &mut ensemble, scenario);
        let steps = (horizon.span.0 / model.step.0).max(1);
        let stride = (steps / horizon.points.max(1) as i64).max(1);
        Some(Fork { stepper, wide: None, foreseen, ensemble, steps, stride })
    }

    /// The number of instants that are kept.
    fn instants(&self) -> usize {
        (self.steps / self.stride + 1 + i64::from(self.steps % self.stride != 0)) as usize
    }

    /// Steps the members of `blocks` to the horizon's end, and gives the hash of where they end.
    /// A member's way depends on its number alone, not on which others are stepped with it.
    fn march(&mut self, blocks: Range<usize>, mut see: impl FnMut(Seen<'_, '_, 'm>)) -> StateHash {
        if self.wide.is_none() && blocks.len() >= ABREAST {
            self.wide = self.stepper.abreast(ABREAST);
        }
        let Fork { stepper, wide, foreseen, ensemble, steps, stride } = self;
        let (model, steps, stride) = (stepper.model, *steps, *stride);
        let mut inputs = ensemble.inputs.clone();
        let mut told: Option<Vec<f64>> = None;
        let goes_apart = foreseen.goes_apart();
        let mut columns = Vec::with_capacity(2);
        let mut rest = blocks;
        for stepper in wide.iter_mut().chain([stepper]) {
            let first = rest.start;
            rest.start = rest.end - rest.len() % stepper.abreast;
            columns.push(Column::new(stepper, first..rest.start, &ensemble.components));
        }
        for step in 0..=steps {
            let t = Timestamp((ensemble.step + step).saturating_mul(model.step.0));
            foreseen.drive(t, &mut inputs);
            if goes_apart && (foreseen.moves_on(t) || told.as_ref() != Some(&inputs)) {
                columns.iter_mut().for_each(|column| column.give(foreseen, t));
                told.get_or_insert_default().clone_from(&inputs);
            }
            for column in &mut columns {
                column.meet(&inputs, t, |condition, member| see(Seen::Met { t, condition, member }));
            }
            if step % stride == 0 || step == steps {
                see(Seen::Kept { t, inputs: &inputs, columns: &mut columns });
            }
            if step < steps {
                columns.iter_mut().for_each(|column| column.step(&inputs, t, ensemble.step + step));
            }
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&KERNEL_VERSION.to_le_bytes());
        hasher.update(&model.hash.0);
        hasher.update(&(ensemble.step + steps).to_le_bytes());
        hash_numbers(&mut hasher, columns.iter().flat_map(Column::blocks).flatten().flat_map(|pair| pair.to_array()));
        hash_numbers(&mut hasher, inputs.into_iter());
        StateHash::of(&hasher)
    }
}

/// Adds the distributions of one instant over `blocks` blocks of members, and gives these by quantity: none of an input
/// that is the same for all.
fn keep(
    bands: &mut [Vec<Band>],
    (inputs, t): (&[f64], Timestamp),
    columns: &mut [Column],
    blocks: usize,
) -> Vec<Vec<Block>> {
    let mut values = alloc::vec![Vec::new(); bands.len()];
    for column in columns {
        column.show(inputs, t, |shares, quantity, shown| {
            values[quantity].resize(blocks, Block::splat(0.0));
            values[quantity][shares].iter_mut().for_each(|block| shown.copy_to(block));
        });
    }
    for (quantity, (bands, values)) in bands.iter_mut().zip(&values).enumerate() {
        let same = |input: f64| Band { mean: input, low: input, mid: input, high: input };
        bands.push(if values.is_empty() { same(inputs[quantity]) } else { Band::of(lanes::flat(values)) });
    }
    values
}
