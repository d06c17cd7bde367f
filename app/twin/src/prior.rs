//! What is believed of a calibrated parameter before anything is known: other than normal distributions.

use crate::{
    lanes::F,
    maths::{self, scalar},
    model::{
        Component, Prior,
        program::{Block, MEMBERS, WIDTH, splat},
    },
    philox,
};

/// Fills `block` with the members' values of component number `index`.
pub(crate) fn draw(component: &Component, (seed, first, step): (u64, u32, i64), index: usize, block: &mut Block) {
    let Component { start, spread, bounds: [low, high], .. } = *component;
    match component.prior {
        Prior::Normal => {}
        Prior::Lognormal => {
            let mut normals = [0.0; MEMBERS];
            philox::normals(seed, first, step, index as u32, &mut normals);
            // So that mean and standard deviation are those of the file.
            let variance = scalar::ln(1.0 + spread / start * (spread / start));
            let deviation = scalar::sqrt(variance);
            for (x, [a, b]) in block.iter_mut().zip(normals.as_chunks::<WIDTH>().0) {
                *x = splat(start) * maths::exp(splat(deviation) * F::new([*a, *b]) - splat(0.5 * variance));
            }
        }
        Prior::Uniform => {
            let member = |member: u32| {
                let [a, b, ..] = philox::draw(seed, member, step, index as u32);
                low + (high - low) * philox::uniform(a, b)
            };
            for (x, pair) in block.iter_mut().zip((first..).step_by(WIDTH)) {
                *x = F::new([member(pair), member(pair + 1)]);
            }
        }
    }
}
