//! One step of a method, of another length for each member where that is asked.

use alloc::vec::Vec;

use crate::{
    lanes::{self, F},
    model::{
        Inside, Method,
        program::{Block, MEMBERS, Program, Scratch, WIDTH, splat},
    },
    time::Timestamp,
};

pub(crate) const PAIRS: usize = MEMBERS / WIDTH;

/// 1 - 1/sqrt(2): with it the method of Rosenbrock is L-stable.
const GAMMA: F = F::splat(0.292_893_218_813_452_4);

/// What drives a step: the inputs that hold, and where it begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drives<'a> {
    pub inputs: &'a [f64],
    pub t: Timestamp,
    /// Of a whole step.
    pub secs: f64,
}

/// A method with the memory that it needs.
#[derive(Debug)]
pub(crate) struct Integrator {
    rates: Scratch,
    slopes: Option<Scratch>,
    trial: Vec<Block>,
    total: Vec<Block>,
    last: Vec<Block>,
}

impl Integrator {
    pub(crate) fn new(inside: &Inside) -> Integrator {
        let nothing = Block::splat(0.0);
        let empty = || alloc::vec![nothing; inside.states];
        Integrator {
            rates: inside.rates.scratch(inside.width),
            slopes: slopes_of(inside).map(|program| program.scratch(inside.width)),
            trial: alloc::vec![nothing; inside.components.len()],
            total: empty(),
            last: empty(),
        }
    }

    pub(crate) fn set_parameters(&mut self, inside: &Inside, parameters: &[f64]) {
        inside.rates.set_parameters(&mut self.rates, parameters);
        if let (Some(program), Some(scratch)) = (slopes_of(inside), &mut self.slopes) {
            program.set_parameters(scratch, parameters);
        }
    }

    /// Moves every state of `to`, which is `from` before, by the length `h` of each member.
    pub(crate) fn run(&mut self, inside: &Inside, from: &[Block], h: &Block, drives: Drives, to: &mut [Block]) {
        self.trial.copy_from_slice(from);
        match inside.method {
            Method::Euler => {
                self.rate(inside, drives, 0.0);
                self.begin(None);
                finish(from, to, h, 1.0, &self.total);
            }
            Method::Heun => {
                self.rate(inside, drives, 0.0);
                self.begin(Some((from, h, 1.0)));
                self.rate(inside, drives, 1.0);
                self.join(1.0);
                finish(from, to, h, 2.0, &self.total);
            }
            Method::Rk4 => {
                self.rate(inside, drives, 0.0);
                self.begin(Some((from, h, 0.5)));
                for (at, weight, ahead) in [(0.5, 2.0, Some(0.5)), (0.5, 2.0, Some(1.0)), (1.0, 1.0, None)] {
                    self.rate(inside, drives, at);
                    self.join(weight);
                    if let Some(ahead) = ahead {
                        self.look_ahead(from, h, ahead);
                    }
                }
                finish(from, to, h, 6.0, &self.total);
            }
            Method::Rosenbrock => self.rosenbrock(inside, from, h, drives, to),
        }
    }

    /// Works the rates of `trial` out, the clock being `at` of a step ahead.
    fn rate(&mut self, inside: &Inside, drives: Drives, at: f64) {
        feed(inside, &inside.rates, &mut self.rates, drives, at);
        inside.rates.run(&mut self.rates, &self.trial);
        for (index, last) in self.last.iter_mut().enumerate() {
            inside.rates.result(&self.rates, &self.trial, index).copy_to(last);
        }
    }

    /// The first rates: `total` is they, and the next trial goes along them.
    fn begin(&mut self, ahead: Option<(&[Block], &Block, f64)>) {
        self.total.copy_from_slice(&self.last);
        if let Some((from, h, ahead)) = ahead {
            self.look_ahead(from, h, ahead);
        }
    }

    fn join(&mut self, weight: f64) {
        for (total, last) in self.total.iter_mut().flatten().zip(self.last.iter().flatten()) {
            *total += splat(weight) * *last;
        }
    }

    fn look_ahead(&mut self, from: &[Block], h: &Block, ahead: f64) {
        for ((trial, from), last) in self.trial.iter_mut().zip(from).zip(&self.last) {
            for (((x, from), k), h) in trial.iter_mut().zip(from).zip(last).zip(h) {
                *x = *from + splat(ahead) * *h * *k;
            }
        }
    }

    /// (I - g h J) k1 = f(x); (I - g h J) k2 = f(x + h k1) - 2 k1; x + 3/2 h k1 + 1/2 h k2.
    fn rosenbrock(&mut self, inside: &Inside, from: &[Block], h: &Block, drives: Drives, to: &mut [Block]) {
        let (Some(program), Some(scratch)) = (slopes_of(inside), &mut self.slopes) else { return };
        let states = inside.states;
        feed(inside, program, scratch, drives, 0.0);
        program.run(scratch, from);
        for (index, total) in self.total.iter_mut().enumerate() {
            program.result(scratch, from, index).copy_to(total);
        }
        let solve = |right: &mut [Block], scratch: &Scratch| {
            let mut matrix = alloc::vec![splat(0.0); states * states];
            let mut column = alloc::vec![splat(0.0); states];
            for (pair, h) in h.iter().enumerate() {
                for (index, entry) in matrix.iter_mut().enumerate() {
                    let one = if index / states == index % states { 1.0 } else { 0.0 };
                    let slope = program.result(scratch, from, states + index).pair(pair);
                    *entry = splat(one) - GAMMA * *h * slope;
                }
                column.iter_mut().zip(right.iter()).for_each(|(own, block)| *own = block[pair]);
                eliminate(&mut matrix, &mut column);
                right.iter_mut().zip(&column).for_each(|(block, own)| block[pair] = *own);
            }
        };
        solve(&mut self.total, scratch);
        for ((trial, from), k) in self.trial.iter_mut().zip(from).zip(&self.total) {
            for (((x, from), k), h) in trial.iter_mut().zip(from).zip(k).zip(h) {
                *x = *from + *h * *k;
            }
        }
        feed(inside, &inside.rates, &mut self.rates, drives, 1.0);
        inside.rates.run(&mut self.rates, &self.trial);
        for (index, (last, k)) in self.last.iter_mut().zip(&self.total).enumerate() {
            inside.rates.result(&self.rates, &self.trial, index).copy_to(last);
            last.iter_mut().zip(k).for_each(|(last, k)| *last -= splat(2.0) * *k);
        }
        solve(&mut self.last, scratch);
        for (((to, from), first), second) in to.iter_mut().zip(from).zip(&self.total).zip(&self.last) {
            for (pair, h) in h.iter().enumerate() {
                to[pair] = from[pair] + *h * (splat(1.5) * first[pair] + splat(0.5) * second[pair]);
            }
        }
    }
}

fn slopes_of(inside: &Inside) -> Option<&Program> {
    inside.aside.as_ref()?.slopes.as_ref()
}

/// `from` and `h / parts` of what was added up.
fn finish(from: &[Block], to: &mut [Block], h: &Block, parts: f64, total: &[Block]) {
    for ((to, from), total) in to.iter_mut().zip(from).zip(total) {
        for (((to, from), h), total) in to.iter_mut().zip(from).zip(h).zip(total) {
            *to = *from + *h / splat(parts) * *total;
        }
    }
}

/// Solves `matrix * x = column` in place, each lane for itself: Gauss with the largest pivot of each column.
fn eliminate(matrix: &mut [F], column: &mut [F]) {
    let size = column.len();
    for pivot in 0..size {
        for row in pivot + 1..size {
            let (own, other) = (matrix[pivot * size + pivot], matrix[row * size + pivot]);
            let swaps = lanes::lt(lanes::abs(own), lanes::abs(other));
            if lanes::any(swaps) {
                for at in pivot..size {
                    exchange(matrix, pivot * size + at, row * size + at, swaps);
                }
                exchange(column, pivot, row, swaps);
            }
        }
        for row in pivot + 1..size {
            let factor = matrix[row * size + pivot] / matrix[pivot * size + pivot];
            for at in pivot + 1..size {
                matrix[row * size + at] -= factor * matrix[pivot * size + at];
            }
            column[row] -= factor * column[pivot];
        }
    }
    for row in (0..size).rev() {
        let mut rest = column[row];
        for at in row + 1..size {
            rest -= matrix[row * size + at] * column[at];
        }
        column[row] = rest / matrix[row * size + row];
    }
}

fn exchange(values: &mut [F], a: usize, b: usize, mask: F) {
    let (x, y) = (values[a], values[b]);
    values[a] = lanes::select(mask, y, x);
    values[b] = lanes::select(mask, x, y);
}

/// Gives a program the inputs, and where the model looks at the clock its hands, `at` of a step ahead.
pub(crate) fn feed(inside: &Inside, program: &Program, scratch: &mut Scratch, drives: Drives, at: f64) {
    program.set_inputs(scratch, drives.inputs);
    if inside.aside.as_ref().is_some_and(|aside| aside.is_clocked) {
        let t = Timestamp(drives.t.0.saturating_add((at * drives.secs * 1e6) as i64));
        program.set_hands(scratch, inside.inputs, [t.hour_of_day(), t.day_of_year()]);
    }
}
