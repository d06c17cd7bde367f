//! A future as numbers in a row, on its way from a worker to the page.

use twin::{
    Model, Projection, Timestamp,
    twin::Band,
    whatif::{Crossing, Met},
};

/// Its sizes, its instants, its bands, and when each member meets each condition first; where members end is not told.
pub fn write(future: &Projection) -> Vec<f64> {
    let Projection { members, times, bands, crossings, .. } = future;
    // Instants in microseconds are whole numbers below 2^53 until the year 2255.
    let micros = |t: &Timestamp| t.0 as f64;
    let mut numbers = vec![*members as f64, times.len() as f64];
    numbers.extend(times.iter().map(micros));
    numbers.extend(bands.iter().flatten().flat_map(|band| [band.mean, band.low, band.mid, band.high]));
    numbers.extend(crossings.iter().flat_map(|crossing| &crossing.first).map(|t| t.as_ref().map_or(f64::NAN, micros)));
    numbers
}

/// The future of a twin of `model` that was written; `None` where the numbers do not fit.
pub fn read(numbers: &[f64], model: &Model) -> Option<Projection> {
    let ([members, count], rest) = numbers.split_first_chunk()?;
    let (members, count) = (*members as usize, *count as usize);
    let (times, rest) = rest.split_at_checked(count)?;
    let (bands, firsts) = rest.split_at_checked(count.checked_mul(4 * model.quantities.len())?)?;
    let conditions = model.failures.len() + model.limits.len();
    if members == 0 || count == 0 || firsts.len() != members.checked_mul(conditions)? {
        return None;
    }
    let instant = |micros: &f64| Timestamp(*micros as i64);
    let band = |numbers: &[f64]| Band { mean: numbers[0], low: numbers[1], mid: numbers[2], high: numbers[3] };
    let first = |micros: &f64| (!micros.is_nan()).then(|| instant(micros));
    let crossing =
        |(number, of): (usize, &[f64])| Crossing { met: Met::of(model, number), first: of.iter().map(first).collect() };
    Some(Projection {
        members,
        times: times.iter().map(instant).collect(),
        bands: bands.chunks(4 * count).map(|of| of.chunks(4).map(band).collect()).collect(),
        crossings: firsts.chunks(members).enumerate().map(crossing).collect(),
        ..Projection::default()
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use twin::{Entry, Horizon, Scenario, Span, Twin, entry::What, project, twin::StateHash};

    use super::*;

    #[test]
    fn a_future_comes_as_it_went_but_for_its_hash_and_where_members_end() {
        let text = include_str!("../../../server/models/power-transformer.toml");
        let model = Arc::new(Model::parse(text).unwrap());
        let mut twin = Twin::new(model.clone(), 1);
        twin.observe(&[Entry {
            t: Timestamp(1_700_000_000_000_000),
            what: What::Sample { signal: 0, value: 2_100.0 },
        }]);
        let future = project(&twin, &Scenario::default(), Horizon { span: Span::DAY, points: 24 }, 64, 1);
        let numbers = write(&future);
        let read = super::read(&numbers, &model).unwrap();
        assert!(read.crossings.iter().flat_map(|crossing| &crossing.first).any(Option::is_some));
        assert_eq!(read, Projection { hash: StateHash::default(), ends: Vec::new(), ..future });
        assert_eq!(super::read(&numbers[1..], &model), None);
        assert_eq!(super::read(&numbers[..numbers.len() - 1], &model), None);
        assert_eq!(super::read(&[], &model), None);
    }
}
