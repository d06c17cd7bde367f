//! What of a future is worth a line: the limit or the failure that is met first.

use std::cmp::Reverse;

use twin::{Model, Projection, Span, Timestamp, whatif::Met};

use super::outlook::Meeting;
use crate::wording;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hint {
    pub met: Met,
    /// By when half of the members have met it; `None` where fewer do.
    pub mid: Option<Timestamp>,
    /// By when one in twenty have, and by when all but one in twenty; `None` where fewer do.
    around: [Option<Timestamp>; 2],
    /// How many members meet it within the horizon, and of how many.
    pub members: (usize, usize),
}

impl Hint {
    /// `None` where hardly any member meets anything. What is beyond its normal band at the outset is no news.
    pub fn of(future: &Projection) -> Option<Hint> {
        let begin = *future.times.first()?;
        let hint = |crossing: &twin::whatif::Crossing| {
            let met = crossing.first.iter().flatten().count();
            let mid = crossing.quantile(0.5);
            let is_old = matches!(crossing.met, Met::Limit(_)) && mid.is_some_and(|mid| mid <= begin);
            // What fewer than one in ten members meet would be told of nearly every asset.
            let is_worth_it = met * 10 >= crossing.first.len() && met > 0;
            let around = [0.05, 0.95].map(|share| crossing.quantile(share));
            let members = (met, crossing.first.len());
            (is_worth_it && !is_old).then_some(Hint { met: crossing.met, mid, around, members })
        };
        // Of a failure and a limit that are met together the failure is told: it comes first.
        future.crossings.iter().filter_map(hint).min_by_key(|own| (own.mid.is_none(), own.mid, Reverse(own.members.0)))
    }

    /// `Hot spot above 120 \u{b0}C in 3 h (90 %: 2 h to beyond 1 d), 70 % likely`.
    pub fn words(&self, model: &Model, now: Timestamp) -> String {
        let what = what(self.met, model);
        let (met, all) = self.members;
        let likely = wording::likely(met as f64 / all as f64);
        match self.mid {
            Some(mid) if mid <= now => format!("{what} now"),
            Some(mid) => {
                let [low, high] = self.around.map(|t| t.map(|t| Span((t - now).0.max(0))));
                let meeting = Meeting::In { mid: mid - now, low: low.unwrap_or_default(), high };
                format!("{what} {}, {likely}", wording::meeting(&meeting, model.horizon))
            }
            None => format!("{what} within {}, {likely}", wording::span(model.horizon)),
        }
    }
}

/// What is met, as it is told: the failure's title, or the limit with its value.
pub fn what(met: Met, model: &Model) -> String {
    let number = match met {
        Met::Failure(failure) => {
            return model.failures.get(usize::from(failure)).map(|failure| failure.title.clone()).unwrap_or_default();
        }
        Met::Limit(limit) => limit,
    };
    let Some(limit) = model.limits.get(usize::from(number)) else { return String::new() };
    let Some(quantity) = model.quantities.get(usize::from(limit.quantity)) else { return String::new() };
    let side = if limit.is_upper { "above" } else { "below" };
    format!("{} {side} {}", quantity.title, wording::as_set(limit.value, &quantity.unit))
}

#[cfg(test)]
mod tests {
    use twin::whatif::Crossing;

    use super::*;

    const FAILURE: Met = Met::Failure(0);

    fn model() -> Model {
        Model::parse(include_str!("../../../server/models/power-transformer.toml")).unwrap()
    }

    fn hours(n: i64) -> Timestamp {
        Timestamp(n * Span::HOUR.0)
    }

    /// `met` of 64 members, at these hours and all later ones in turn.
    fn crossing(met: Met, count: usize, first: i64) -> Crossing {
        Crossing { met, first: (0..64).map(|i| (i < count).then(|| hours(first))).collect() }
    }

    fn hint(crossings: Vec<Crossing>) -> Option<Hint> {
        Hint::of(&Projection { times: vec![hours(0), hours(24)], crossings, ..Projection::default() })
    }

    #[test]
    fn the_first_that_is_likely_is_told_with_how_likely_it_is() {
        let model = model();
        let told = hint(vec![crossing(FAILURE, 45, 3), crossing(Met::Failure(1), 64, 9)]).unwrap();
        assert_eq!(
            told.words(&model, hours(0)),
            "Hot spot above 120 \u{b0}C in 3 h (90 %: 3 h to beyond 1 d), 70 % likely"
        );
        assert_eq!(told.words(&model, hours(3)), "Hot spot above 120 \u{b0}C now");
        let told = hint(vec![crossing(FAILURE, 8, 1), crossing(Met::Failure(1), 64, 9)]).unwrap();
        assert_eq!(
            told.words(&model, hours(0)),
            "Hot spot above 140 \u{b0}C in 9 h (90 %: 9 h to 9 h), all but certain"
        );
    }

    #[test]
    fn of_what_is_unlikely_the_likeliest_is_told_and_of_nothing_nothing() {
        let told = hint(vec![crossing(FAILURE, 7, 1), crossing(Met::Failure(1), 8, 9)]).unwrap();
        assert_eq!(told.words(&model(), hours(0)), "Hot spot above 140 \u{b0}C within 1 d, 13 % likely");
        assert_eq!(hint(vec![crossing(FAILURE, 6, 1)]), None);
        assert_eq!(Hint::of(&Projection::default()), None);
    }

    #[test]
    fn a_limit_is_told_by_its_value_unless_it_is_crossed_already() {
        let model = model();
        let at = model.limits.iter().position(|limit| limit.is_upper).unwrap() as u16;
        let told = hint(vec![crossing(Met::Limit(at), 64, 5)]).unwrap();
        let words = "Top-oil temperature above 105\u{a0}\u{b0}C in 5 h (90 %: 5 h to 5 h), all but certain";
        assert_eq!(told.words(&model, hours(0)), words);
        assert_eq!(hint(vec![crossing(Met::Limit(at), 64, 0)]), None);
    }
}
