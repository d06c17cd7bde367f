//! Where sliders stand, as an address has it: `rise_oil:71.2,gradient:17`.

use leptos::prelude::*;

use super::{Calibration, Parameter, words};

impl Calibration {
    /// Has the sliders stand where an address says once there is a window; what it cannot mean is left out.
    pub fn ask_for(&self, set: &str) {
        let one = |pair: &str| {
            let (name, value) = pair.split_once(':')?;
            Some((name.to_string(), wire::number::read(value)?))
        };
        self.asked.set_value(set.split(',').filter_map(one).collect());
    }

    /// Where sliders stand that were moved, as an address has it; `None` where all are as it is.
    pub fn moved(&self) -> Option<String> {
        let (was, set) = (self.was.get(), self.set.get());
        let moved = self.parameters.with_value(|all| {
            let both = all.iter().zip(was.iter().zip(&set)).filter(|(_, (was, set))| was != set);
            both.map(|(own, (_, set))| format!("{}:{}", own.name, words::short(*set)))
                .collect::<Vec<String>>()
                .join(",")
        });
        (!moved.is_empty()).then_some(moved)
    }

    /// Where the sliders stand as a window comes that has them at `was`: there, but for what an address asks, once.
    pub(super) fn begin_at(&self, was: &[f64]) -> Vec<f64> {
        let asked = self.asked.get_value();
        self.asked.set_value(Vec::new());
        let of = |(own, was): (&Parameter, &f64)| {
            let asked = asked.iter().find(|(name, _)| *name == own.name);
            asked.map_or(*was, |(_, value)| value.clamp(own.range[0], own.range[1]))
        };
        self.parameters.with_value(|all| all.iter().zip(was).map(of).collect())
    }
}
