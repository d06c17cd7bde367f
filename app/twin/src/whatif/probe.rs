//! Where along a slider futures meet a failure or cross a limit: what the zones of its track are made of.

use alloc::vec::Vec;

use super::{Horizon, Scenario, project};
use crate::{time::Span, twin::Twin};

/// Places along the range of a slider, both ends among them.
pub const PLACES: usize = 9;

/// How likely each condition is met with one slider at each of its places.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    pub slider: u16,
    /// By condition, as in a projection, then by place from the least value on: the share of members that meet it.
    pub met: Vec<[f64; PLACES]>,
}

/// Moves `slider` over its range and leaves the others where `scenario` has them, with the same noise in all futures.
///
/// What most members meet at the outset wherever the slider stands is nothing that it leads to, and counts as not met.
/// `None` for a slider that the model has not, and for a twin that was told nothing.
pub fn probe(twin: &Twin, scenario: &Scenario, span: Span, members: usize, seed: u64, slider: u16) -> Option<Probe> {
    let model = twin.model();
    let known = model.sliders.get(usize::from(slider))?;
    let conditions = model.inside.conditions.count();
    let mut met = alloc::vec![[0.0; PLACES]; conditions];
    let mut is_old = alloc::vec![true; conditions];
    for place in 0..PLACES {
        let value = known.min + (known.max - known.min) * place as f64 / (PLACES - 1) as f64;
        // What lies between is of no interest.
        let horizon = Horizon { span, points: 1 };
        let future = project(twin, &scenario.with(slider, value), horizon, members, seed);
        let begin = *future.times.first()?;
        for ((met, is_old), crossing) in met.iter_mut().zip(&mut is_old).zip(&future.crossings) {
            met[place] = crossing.probability();
            *is_old &= crossing.quantile(0.5).is_some_and(|mid| mid <= begin);
        }
    }
    for (met, is_old) in met.iter_mut().zip(is_old) {
        if is_old {
            *met = [0.0; PLACES];
        }
    }
    Some(Probe { slider, met })
}

#[cfg(test)]
mod tests {
    use alloc::sync::Arc;

    use super::*;
    use crate::{
        entry::{Entry, What},
        model::Model,
        time::Timestamp,
    };

    const LOAD: u16 = 0;
    const COOLING: u16 = 2;

    fn twin(load: f64) -> Twin {
        let model = Arc::new(Model::parse(include_str!("../../../../server/models/power-transformer.toml")).unwrap());
        let mut twin = Twin::new(model, 1);
        for minute in 0..240 {
            let t = Timestamp(1_700_000_000_000_000 + minute * Span::MINUTE.0);
            let sample = |signal: u16, value: f64| Entry { t, what: What::Sample { signal, value } };
            twin.observe(&[sample(0, load), sample(1, 25.0)]);
        }
        twin
    }

    /// The shares of the first failure: a hot spot above 120 °C.
    fn hot(twin: &Twin, scenario: &Scenario, slider: u16) -> [f64; PLACES] {
        probe(twin, scenario, Span::DAY, 64, 1, slider).unwrap().met.swap_remove(0)
    }

    #[test]
    fn the_more_load_the_likelier_is_a_hot_spot_and_with_less_cooling_at_less_load() {
        let twin = twin(1_200.0);
        let cooled = hot(&twin, &Scenario::default(), LOAD);
        assert!(cooled.is_sorted(), "{cooled:?}");
        assert_eq!((cooled[0], cooled[PLACES - 1]), (0.0, 1.0));
        let less = hot(&twin, &Scenario::default().with(COOLING, 1.6), LOAD);
        let sum = |shares: &[f64]| shares.iter().sum::<f64>();
        assert!(sum(&less) > sum(&cooled) + 1.0, "{less:?} {cooled:?}");
        // Where the slider itself stands is of no matter.
        assert_eq!(hot(&twin, &Scenario::default().with(LOAD, 1.3), LOAD), cooled);
    }

    #[test]
    fn what_is_met_already_is_nothing_that_a_slider_leads_to() {
        assert_eq!(hot(&twin(2_600.0), &Scenario::default(), LOAD), [0.0; PLACES]);
    }

    #[test]
    fn there_is_nothing_to_probe_without_a_slider_or_a_state() {
        let twin = twin(900.0);
        assert_eq!(probe(&twin, &Scenario::default(), Span::DAY, 64, 1, 9), None);
        let untold = Twin::new(twin.model().clone(), 1);
        assert_eq!(probe(&untold, &Scenario::default(), Span::DAY, 64, 1, LOAD), None);
    }
}
