//! What a future costs, by the prices that its model assumes.

use twin::{
    Model, Projection,
    whatif::{Crossing, Met},
};

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

/// What is spent from the future's begin to its end at the mean of quantity `number`, a rate of EUR per `seconds`;
/// by the trapezoidal rule.
pub fn spent(future: &Projection, number: usize, seconds: f64) -> Option<f64> {
    let bands = future.bands.get(number).filter(|bands| bands.len() > 1)?;
    let part = |(times, bands): (&[twin::Timestamp], &[twin::twin::Band])| {
        (times[1] - times[0]).secs() * (bands[0].mean + bands[1].mean) / 2.0
    };
    Some(future.times.windows(2).zip(bands.windows(2)).map(part).sum::<f64>() / seconds)
}

/// The cost of each failure's repair times the share of members that meet it, in EUR; `None` where no repair has a price.
pub fn expected_repairs(model: &Model, future: &Projection) -> Option<f64> {
    let of = |crossing: &Crossing| {
        let Met::Failure(number) = crossing.met else { return None };
        let failure = model.failures.get(usize::from(number))?;
        Some(failure.repair_cost? * crossing.probability())
    };
    future.crossings.iter().filter_map(of).fold(None, |sum: Option<f64>, cost| Some(sum.unwrap_or(0.0) + cost))
}

#[cfg(test)]
mod tests {
    use twin::{Timestamp, twin::Band};

    use super::*;

    const PUMP: &str = include_str!("../../../server/models/centrifugal-pump.toml");

    fn future(rates: &[f64]) -> Projection {
        let hours = |hours: usize| Timestamp(hours as i64 * twin::Span::HOUR.0);
        let band = |rate: &f64| Band { mean: *rate, low: 0.0, mid: 0.0, high: 0.0 };
        Projection {
            times: (0..rates.len()).map(hours).collect(),
            bands: vec![rates.iter().map(band).collect()],
            ..Projection::default()
        }
    }

    #[test]
    fn a_rate_is_added_up_over_the_horizon() {
        let hour = seconds_of("EUR/h").unwrap();
        assert_eq!(spent(&future(&[10.0, 20.0, 20.0]), 0, hour), Some(35.0));
        assert_eq!(spent(&future(&[24.0, 24.0]), 0, seconds_of("EUR/d").unwrap()), Some(1.0));
        assert_eq!(spent(&future(&[10.0]), 0, hour), None, "an instant is no stretch of time");
        assert_eq!(seconds_of("EUR"), None);
        assert_eq!(seconds_of("EUR/m3"), None);
    }

    #[test]
    fn repairs_cost_as_much_as_they_are_likely() {
        let model = Model::parse(PUMP).unwrap();
        let met = |failure: u16, count: usize| Crossing {
            met: Met::Failure(failure),
            first: (0..100).map(|member| (member < count).then_some(Timestamp(0))).collect(),
        };
        let crossings = vec![met(0, 50), met(1, 10)];
        let of = |number: usize| model.failures[number].repair_cost.unwrap();
        let future = Projection { crossings, ..Projection::default() };
        assert!((expected_repairs(&model, &future).unwrap() - (of(0) * 0.5 + of(1) * 0.1)).abs() < 1e-9);
        assert_eq!(expected_repairs(&model, &Projection::default()), None);
    }
}
