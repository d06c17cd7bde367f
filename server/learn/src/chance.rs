//! Chance, from a seed: the same draws for the same seed on every machine.

use twin::{
    maths::scalar::{cos, ln, sqrt},
    philox,
};

/// Draws one after another.
pub struct Chance {
    seed: u64,
    stream: u32,
    drawn: i64,
}

impl Chance {
    /// The draws of `stream`, which are other ones than those of all other streams.
    pub fn new(seed: u64, stream: u32) -> Chance {
        Chance { seed, stream, drawn: 0 }
    }

    fn words(&mut self) -> [u32; 4] {
        self.drawn += 1;
        philox::draw(self.seed, self.stream, self.drawn, 0)
    }

    /// A number of (0, 1).
    pub fn uniform(&mut self) -> f64 {
        let [low, high, ..] = self.words();
        philox::uniform(low, high)
    }

    pub fn normal(&mut self) -> f64 {
        let [a, b, c, d] = self.words();
        let (length, turn) = (philox::uniform(a, b), philox::uniform(c, d));
        sqrt(-2.0 * ln(length)) * cos(core::f64::consts::TAU * turn)
    }

    /// The numbers below `count` in an order of chance.
    pub fn order(&mut self, count: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..count as u32).collect();
        for last in (1..count).rev() {
            order.swap(last, ((self.uniform() * (last + 1) as f64) as usize).min(last));
        }
        order
    }
}
