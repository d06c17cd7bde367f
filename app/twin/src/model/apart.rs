//! A model as members go apart in futures: each has its own value of the inputs that may wander.

use alloc::vec::Vec;

use super::{
    Aside, Component, EventPlan, Inside, Prior,
    inside::{Delay, SliderPlan, Watch},
    program::Program,
};

impl Inside {
    /// The same with `inputs` as components after all others, one a member.
    pub(super) fn apart(&self, inputs: &[usize]) -> Inside {
        let first = self.components.len();
        let own = |program: &Program| program.apart(inputs, first);
        let plan = |plan: &EventPlan| EventPlan { targets: plan.targets.clone(), program: own(&plan.program) };
        let watch = |watch: &Watch| Watch { flag: watch.flag, plan: plan(&watch.plan) };
        let aside = |aside: &Aside| Aside {
            slopes: aside.slopes.as_ref().map(own),
            is_clocked: aside.is_clocked,
            settling: plan(&aside.settling),
            nexts: plan(&aside.nexts),
            noises: aside.noises.clone(),
            delayed: own(&aside.delayed),
            delays: aside.delays.iter().map(|Delay { at, steps }| Delay { at: *at, steps: *steps }).collect(),
            watched: own(&aside.watched),
            watches: aside.watches.iter().map(watch).collect(),
        };
        let input = Component {
            start: 0.0,
            spread: 0.0,
            drift: 0.0,
            bounds: [f64::NEG_INFINITY, f64::INFINITY],
            prior: Prior::Normal,
        };
        let mut components: Vec<Component> = self.components.clone();
        components.resize(first + inputs.len(), input);
        Inside {
            method: self.method,
            width: self.width,
            inputs: self.inputs,
            input_starts: self.input_starts.clone(),
            parameters: self.parameters.clone(),
            states: self.states,
            components,
            initial: own(&self.initial),
            rates: own(&self.rates),
            step: own(&self.step),
            shown: own(&self.shown),
            conditions: own(&self.conditions),
            regimes: own(&self.regimes),
            corrects: self.corrects.clone(),
            events: self.events.iter().map(plan).collect(),
            sliders: self
                .sliders
                .iter()
                .map(|SliderPlan { change, effect }| SliderPlan { change: *change, effect: *effect })
                .collect(),
            aside: self.aside.as_ref().map(aside),
            whole: None,
        }
    }
}
