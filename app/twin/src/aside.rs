//! A step of a model that has more than rates: events inside of the step, draws, delays, next values, the clock.

use alloc::vec::Vec;

use crate::{
    ensemble::Stepper,
    integrate::{Drives, Integrator, PAIRS, feed},
    lanes::{self, F},
    model::{
        Aside, EventPlan, Inside,
        program::{Block, Program, Scratch, splat},
    },
};

/// How often a step may be cut at an event; what then begins to hold happens at the next step.
const MOST_CUTS: usize = 8;
/// Halvings when the instant of an event is looked for: to a millionth of a step.
const HALVINGS: usize = 20;

/// The memory that such a step runs in.
#[derive(Debug)]
pub(crate) struct Working {
    integrator: Integrator,
    nexts: Scratch,
    delayed: Scratch,
    watched: Scratch,
    plans: Vec<Scratch>,
}

impl Working {
    pub(crate) fn new(inside: &Inside) -> Option<Working> {
        let aside = inside.aside.as_ref()?;
        Some(Working {
            integrator: Integrator::new(inside),
            nexts: aside.nexts.program.scratch(inside.width),
            delayed: aside.delayed.scratch(inside.width),
            watched: aside.watched.scratch(inside.width),
            plans: aside.watches.iter().map(|watch| watch.plan.program.scratch(inside.width)).collect(),
        })
    }

    pub(crate) fn set_parameters(&mut self, inside: &Inside, parameters: &[f64]) {
        let Some(aside) = &inside.aside else { return };
        self.integrator.set_parameters(inside, parameters);
        aside.nexts.program.set_parameters(&mut self.nexts, parameters);
        aside.delayed.set_parameters(&mut self.delayed, parameters);
        aside.watched.set_parameters(&mut self.watched, parameters);
        for (watch, scratch) in aside.watches.iter().zip(&mut self.plans) {
            watch.plan.program.set_parameters(scratch, parameters);
        }
    }

    /// Steps `components`, the members from number `first` on, from point `step` of the grid to the next.
    pub(crate) fn step(
        &mut self,
        stepper: &Stepper,
        components: &mut [Block],
        (first, step): (u32, i64),
        drives: Drives,
    ) {
        let inside = stepper.inside;
        let Some(aside) = &inside.aside else { return };
        for index in &aside.noises {
            stepper.draw(&mut components[*index], *index, first, step);
        }
        // What comes next and what is kept is of the step's beginning.
        let nexts = results(inside, &aside.nexts.program, &mut self.nexts, components, drives);
        let kept = results(inside, &aside.delayed, &mut self.delayed, components, drives);
        let before: Vec<Block> = aside.nexts.targets.iter().map(|target| components[*target]).collect();

        self.pass(stepper, aside, components, drives);

        for ((target, next), before) in aside.nexts.targets.iter().zip(&nexts).zip(&before) {
            for ((x, next), before) in components[*target].iter_mut().zip(next).zip(before) {
                // What an event has set inside of the step stays.
                *x = lanes::select(lanes::eq(*x, *before), *next, *x);
            }
            stepper.bound(&mut components[*target], *target);
        }
        for (delay, kept) in aside.delays.iter().zip(&kept) {
            let slot = |step: i64| delay.at + 1 + step.rem_euclid(delay.steps as i64) as usize;
            components[slot(step)] = *kept;
            components[delay.at] = components[slot(step.wrapping_add(1))];
        }
    }

    /// Lets the time of a step pass, and happen what begins to hold in it.
    fn pass(&mut self, stepper: &Stepper, aside: &Aside, components: &mut [Block], drives: Drives) {
        let inside = stepper.inside;
        let mut left = Block::splat(drives.secs);
        let mut ahead = components.to_vec();
        if aside.watches.is_empty() {
            self.integrator.run(inside, components, &left, drives, &mut ahead);
            components[..inside.states].copy_from_slice(&ahead[..inside.states]);
            return;
        }
        for cut in 0..MOST_CUTS {
            if self.happen(stepper, aside, components, drives) && cut + 1 < MOST_CUTS {
                continue;
            }
            self.run(inside, components, &left, drives, &mut ahead);
            let rising = self.rising(inside, aside, &ahead, drives);
            if !rising.iter().any(|pair| lanes::any(*pair)) || cut + 1 == MOST_CUTS {
                break;
            }
            let share = self.instant(inside, aside, components, &left, drives);
            let mut at = components.to_vec();
            let until = join(&left, &share, |left, share| left * share);
            self.run(inside, components, &until, drives, &mut at);
            for (block, (at, ahead)) in components.iter_mut().zip(at.iter().zip(&ahead)).take(inside.states) {
                for ((x, rising), (at, ahead)) in block.iter_mut().zip(&rising).zip(at.iter().zip(ahead)) {
                    *x = lanes::select(*rising, *at, *ahead);
                }
            }
            for ((left, until), rising) in left.iter_mut().zip(&until).zip(&rising) {
                *left = (*left - *until) & *rising;
            }
        }
        components[..inside.states].copy_from_slice(&ahead[..inside.states]);
        let holds = results(inside, &aside.watched, &mut self.watched, components, drives);
        for (watch, holds) in aside.watches.iter().zip(&holds) {
            for (flag, holds) in components[watch.flag].iter_mut().zip(holds) {
                *flag = lanes::select(lanes::eq(*holds, splat(0.0)), splat(0.0), *flag);
            }
        }
    }

    /// Integrates each member by `h`; members whose time is over stay as they are.
    fn run(&mut self, inside: &Inside, from: &[Block], h: &Block, drives: Drives, to: &mut [Block]) {
        to.copy_from_slice(from);
        self.integrator.run(inside, from, h, drives, to);
        for (to, from) in to.iter_mut().zip(from).take(inside.states) {
            for ((to, from), h) in to.iter_mut().zip(from).zip(h) {
                *to = lanes::select(lanes::eq(*h, splat(0.0)), *from, *to);
            }
        }
    }

    /// Whether anything happened: what holds and did not hold before sets what it sets.
    fn happen(&mut self, stepper: &Stepper, aside: &Aside, components: &mut [Block], drives: Drives) -> bool {
        let inside = stepper.inside;
        let holds = results(inside, &aside.watched, &mut self.watched, components, drives);
        let mut happened = false;
        for ((watch, scratch), holds) in aside.watches.iter().zip(&mut self.plans).zip(&holds) {
            let begins = join(holds, &components[watch.flag], |holds, flag| {
                lanes::ne(holds, splat(0.0)) & lanes::eq(flag, splat(0.0)) & !lanes::is_nan(holds)
            });
            for (flag, holds) in components[watch.flag].iter_mut().zip(holds) {
                *flag = lanes::select(lanes::eq(*holds, splat(0.0)), splat(0.0), splat(1.0));
            }
            if !begins.iter().any(|pair| lanes::any(*pair)) {
                continue;
            }
            happened = true;
            let EventPlan { targets, program } = &watch.plan;
            let set = results(inside, program, scratch, components, drives);
            for (target, set) in targets.iter().zip(&set) {
                for ((x, set), begins) in components[*target].iter_mut().zip(set).zip(&begins) {
                    *x = lanes::select(*begins, *set, *x);
                }
                stepper.bound(&mut components[*target], *target);
            }
        }
        happened
    }

    /// The members for which something holds in `ahead` that did not hold before.
    fn rising(&mut self, inside: &Inside, aside: &Aside, ahead: &[Block], drives: Drives) -> Block {
        let mut rising = Block::splat(0.0);
        let holds = results(inside, &aside.watched, &mut self.watched, ahead, drives);
        for (watch, holds) in aside.watches.iter().zip(&holds) {
            for ((rising, holds), flag) in rising.iter_mut().zip(holds).zip(&ahead[watch.flag]) {
                let begins = lanes::ne(*holds, splat(0.0)) & lanes::eq(*flag, splat(0.0)) & !lanes::is_nan(*holds);
                *rising |= begins;
            }
        }
        rising
    }

    /// The share of the time that is left after which something has just begun to hold.
    fn instant(&mut self, inside: &Inside, aside: &Aside, from: &[Block], left: &Block, drives: Drives) -> Block {
        let (mut low, mut high) = (Block::splat(0.0), Block::splat(1.0));
        let mut at = from.to_vec();
        for _ in 0..HALVINGS {
            let middle = join(&low, &high, |low, high| splat(0.5) * (low + high));
            let until = join(left, &middle, |left, middle| left * middle);
            self.run(inside, from, &until, drives, &mut at);
            let rising = self.rising(inside, aside, &at, drives);
            for (pair, rising) in rising.iter().enumerate() {
                high[pair] = lanes::select(*rising, middle[pair], high[pair]);
                low[pair] = lanes::select(*rising, low[pair], middle[pair]);
            }
        }
        high
    }
}

/// Begins the components that follow from those that were begun before: lags and delays.
pub(crate) fn settle(inside: &Inside, components: &mut [Block], parameters: &[f64], drives: Drives) {
    let Some(aside) = &inside.aside else { return };
    let EventPlan { targets, program } = &aside.settling;
    let mut scratch = program.scratch(inside.width);
    program.set_parameters(&mut scratch, parameters);
    for (index, target) in targets.iter().enumerate() {
        components[*target] = results(inside, program, &mut scratch, components, drives)[index];
        for delay in aside.delays.iter().filter(|delay| delay.at == *target) {
            let block = components[*target];
            components[delay.at + 1..][..delay.steps].fill(block);
        }
    }
}

/// Every result of a program over `components`.
fn results(
    inside: &Inside,
    program: &Program,
    scratch: &mut Scratch,
    components: &[Block],
    drives: Drives,
) -> Vec<Block> {
    feed(inside, program, scratch, drives, 0.0);
    program.run(scratch, components);
    let result = |index| {
        let mut block = Block::splat(0.0);
        program.result(scratch, components, index).copy_to(&mut block);
        block
    };
    (0..program.count()).map(result).collect()
}

fn join(a: &Block, b: &Block, f: impl Fn(F, F) -> F) -> Block {
    let mut joined = Block::splat(0.0);
    (0..PAIRS).for_each(|pair| joined[pair] = f(a[pair], b[pair]));
    joined
}
