//! What a future costs, by the prices that its model assumes.

use std::collections::BTreeMap;

use twin::{Model, Projection, Timestamp, twin::Band};

/// The seconds for which a rate of cost counts: 3,600 for `EUR/h`; `None` for all that is no rate of cost.
pub fn seconds_of(unit: &str) -> Option<f64> {
    match unit.strip_prefix("EUR/")? {
        "s" => Some(1.0),
        "min" => Some(60.0),
        "h" => Some(3_600.0),
        "d" => Some(86_400.0),
        _ => None,
    }
}

/// What is spent from `now` to the future's end at what half of the members exceed of quantity `number`, a rate of EUR per
/// `seconds`; by the trapezoidal rule. `None` where the future is over. A mean would be that of the few members for which a rate
/// that grows exponentially is without bounds.
pub fn spent(future: &Projection, number: usize, seconds: f64, now: Timestamp) -> Option<f64> {
    let bands = future.bands.get(number)?;
    let part = |(times, bands): (&[Timestamp], &[Band])| {
        let (begin, end) = (times[0].max(now), times[1]);
        let length = (end - times[0]).secs();
        if end <= begin || length <= 0.0 {
            return 0.0;
        }
        let slope = (bands[1].mid - bands[0].mid) / length;
        let first = bands[0].mid + slope * (begin - times[0]).secs();
        (end - begin).secs() * (first + bands[1].mid) / 2.0
    };
    let is_ahead = future.times.last().is_some_and(|end| *end > now) && future.times.len() > 1;
    is_ahead.then(|| future.times.windows(2).zip(bands.windows(2)).map(part).sum::<f64>() / seconds)
}

/// The cost of each kind of repair times the share of members that meet a failure which asks for it, in EUR; where several
/// do, the likeliest counts. `None` where no repair has a price.
pub fn first_repairs(model: &Model, future: &Projection) -> Option<f64> {
    let mut kinds: BTreeMap<(Option<u16>, usize), f64> = BTreeMap::new();
    for (number, crossing) in future.crossings.iter().enumerate() {
        let Some(failure) = crossing.failure(model) else { continue };
        let Some(cost) = failure.repair_cost else { continue };
        // What no action repairs is a kind of its own.
        let kind = (failure.repair, if failure.repair.is_some() { 0 } else { number });
        let expected = kinds.entry(kind).or_default();
        *expected = expected.max(cost * crossing.probability());
    }
    (!kinds.is_empty()).then(|| kinds.values().sum())
}

#[cfg(test)]
mod tests {
    use twin::whatif::{Crossing, Met};

    use super::*;

    const PUMP: &str = include_str!("../../../server/models/centrifugal-pump.toml");

    fn future(rates: &[f64]) -> Projection {
        let hours = |hours: usize| Timestamp(hours as i64 * twin::Span::HOUR.0);
        let band = |rate: &f64| Band { mean: 1e9, low: 0.0, mid: *rate, high: 1e12 };
        Projection {
            times: (0..rates.len()).map(hours).collect(),
            bands: vec![rates.iter().map(band).collect()],
            ..Projection::default()
        }
    }

    #[test]
    fn a_rate_is_added_up_over_the_horizon() {
        let hour = seconds_of("EUR/h").unwrap();
        let at = |hours: f64| Timestamp(0) + twin::Span::from_secs(hours * 3_600.0);
        let rising = future(&[10.0, 20.0, 20.0]);
        assert_eq!(spent(&rising, 0, hour, at(0.0)), Some(35.0));
        assert_eq!(spent(&rising, 0, hour, at(0.5)), Some(8.75 + 20.0), "from now on");
        assert_eq!(spent(&rising, 0, hour, at(2.0)), None, "it is over");
        assert_eq!(spent(&future(&[24.0, 24.0]), 0, seconds_of("EUR/d").unwrap(), at(0.0)), Some(1.0));
        assert_eq!(spent(&future(&[10.0]), 0, hour, at(0.0)), None, "an instant is no stretch of time");
        assert_eq!(seconds_of("EUR"), None);
        assert_eq!(seconds_of("EUR/m3"), None);
    }

    #[test]
    fn a_repair_costs_as_much_as_it_is_likely_whatever_asks_for_it() {
        let model = Model::parse(PUMP).unwrap();
        let met = |number: usize, count: usize| Crossing {
            met: Met::Failure(number as u16),
            first: (0..100).map(|member| (member < count).then_some(Timestamp(0))).collect(),
        };
        let named = |name: &str| model.failures.iter().position(|failure| failure.name == name).unwrap();
        let (worn, thrust, oil) = (named("impeller_worn"), named("thrust_bearing_hot"), named("oil_hot"));
        assert_eq!(model.failures[thrust].repair, model.failures[oil].repair);
        let future =
            Projection { crossings: vec![met(worn, 50), met(thrust, 10), met(oil, 30)], ..Projection::default() };
        let cost = |number: usize| model.failures[number].repair_cost.unwrap();
        assert!((first_repairs(&model, &future).unwrap() - (cost(worn) * 0.5 + cost(oil) * 0.3)).abs() < 1e-9);
        assert_eq!(first_repairs(&model, &Projection::default()), None);
    }
}
