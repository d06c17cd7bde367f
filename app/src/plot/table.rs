//! A trend in rows: a table for whoever does not see the chart, and a file for whoever goes on with its values.

use std::fmt::Write;

use twin::{Timestamp, series::Point, twin::Band};

use super::trend::Trend;
use crate::{live::trace::BandPoint, wording};

/// What a chart says of one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub t: Timestamp,
    pub measured: Option<f64>,
    /// What was measured after the instant that is replayed.
    pub later: Option<f64>,
    /// What the twin says: until now as it follows, then as it foresees.
    pub twin: Option<Band>,
    pub scenario: Option<Band>,
    /// One a scenario that is kept.
    pub kept: Vec<Option<f64>>,
}

/// The trend at `count` instants, evenly from its begin to its end; of each line the nearest value that is not further off
/// than half the way to the next row. Instants of which there is nothing to say are left out.
pub fn rows(trend: &Trend, count: usize) -> Vec<Row> {
    let step = ((trend.to - trend.from).0 / count.max(1) as i64).max(1);
    let row = |number: usize| row(trend, Timestamp(trend.from.0 + step * number as i64 + step / 2), step);
    let is_said = |row: &Row| {
        let measured = row.measured.or(row.later);
        measured.is_some() || row.twin.is_some() || row.scenario.is_some() || row.kept.iter().any(Option::is_some)
    };
    (0..count).map(row).filter(is_said).collect()
}

/// What a trend says of one instant: of each line the nearest value, where one is near enough that a line is drawn there.
pub fn row_at(trend: &Trend, t: Timestamp) -> Row {
    let pixel = (trend.to - trend.from).0 / 200;
    row(trend, t, trend.gap.0.max(pixel).saturating_mul(2))
}

/// At `t`, of each line the nearest value that is at most half of `step` away.
fn row(trend: &Trend, t: Timestamp, step: i64) -> Row {
    let point = |points: &[Point]| nearest(points, t, step, |point| point.t).map(|point| point.value);
    let band = |points: &[BandPoint]| nearest(points, t, step, |point| point.t).map(|point| point.band);
    Row {
        t,
        measured: point(&trend.measured).filter(|value| value.is_finite()),
        later: point(&trend.later).filter(|value| value.is_finite()),
        // Until now, too, where nothing came for a while: there it foresaw.
        twin: (if t <= trend.now { band(&trend.twin) } else { None }).or_else(|| band(&trend.forecast)),
        scenario: band(&trend.scenario),
        kept: trend.kept.iter().map(|(_, points)| point(points)).collect(),
    }
}

/// Of points in order of time, the nearest to `t`, at most half of `step` away.
fn nearest<T>(points: &[T], t: Timestamp, step: i64, time: impl Fn(&T) -> Timestamp) -> Option<&T> {
    let after = points.partition_point(|point| time(point) < t);
    let around = points.get(after.saturating_sub(1)..)?.iter().take(2);
    around.filter(|point| (time(point) - t).0.abs() <= step / 2).min_by_key(|point| (time(point) - t).0.abs())
}

/// Every point of every line as comma-separated values, with a line of names: the instant, the line, what half of the
/// members are above and half below (or what was measured), and the 5 % and 95 % quantiles.
pub fn csv(trend: &Trend, unit: &str, kept: &[char]) -> String {
    let unit = if unit == "1" { String::new() } else { format!(" [{unit}]") };
    let mut out = format!("time,line,value{unit},low{unit},high{unit}\r\n");
    let mut points = |line: &str, points: &[Point]| {
        for point in points.iter().filter(|point| point.value.is_finite()) {
            // Writing to a string does not fail.
            let _ = write!(out, "{},{line},{},,\r\n", wording::rfc3339(point.t), point.value);
        }
    };
    points("measured", &trend.measured);
    points("what then came", &trend.later);
    for (letter, (_, kept)) in kept.iter().zip(&trend.kept) {
        points(&format!("scenario {letter}"), kept);
    }
    for (line, points) in [("twin", &trend.twin), ("forecast", &trend.forecast), ("simulation", &trend.scenario)] {
        for BandPoint { t, band } in points {
            let _ = write!(out, "{},{line},{},{},{}\r\n", wording::rfc3339(*t), band.mid, band.low, band.high);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use twin::Span;
    use wire::view::Course;

    use super::*;
    use crate::plot::{axis::value_axis, trend::Detail};

    fn secs(secs: i64) -> Timestamp {
        Timestamp(secs * 1_000_000)
    }

    fn band(t: i64, mid: f64) -> BandPoint {
        BandPoint { t: secs(t), band: Band { mean: mid, low: mid - 1.0, mid, high: mid + 1.0 } }
    }

    fn trend() -> Trend {
        Trend {
            from: secs(0),
            to: secs(100),
            now: secs(50),
            values: value_axis(0.0, 10.0, 2),
            gap: Span(15_000_000),
            measured: vec![Point { t: secs(4), value: 3.0 }, Point { t: secs(44), value: f64::NAN }],
            course: Course::Slope,
            twin: vec![band(6, 3.5), band(45, 4.0)],
            forecast: vec![band(50, 4.5), band(75, 6.0)],
            scenario: vec![band(75, 9.0)],
            kept: vec![(0, vec![Point { t: secs(76), value: 7.0 }])],
            later: Vec::new(),
            limits: Vec::new(),
            detail: Detail::Full,
            pixel_ratio: 1.0,
        }
    }

    #[test]
    fn rows_say_what_stands_nearest_and_nothing_of_silence() {
        let all = rows(&trend(), 10);
        let times: Vec<f64> = all.iter().map(|row| (row.t - secs(0)).secs()).collect();
        assert_eq!(times, [5.0, 45.0, 55.0, 75.0]);
        assert_eq!((all[0].measured, all[0].twin.map(|band| band.mid)), (Some(3.0), Some(3.5)));
        assert_eq!((all[1].measured, all[1].twin.map(|band| band.mid)), (None, Some(4.0)));
        assert_eq!(all[2].twin.map(|band| band.mid), Some(4.5), "after now it is the forecast");
        let mut replayed = trend();
        replayed.later = vec![Point { t: secs(54), value: 6.0 }];
        let later: Vec<Option<f64>> = rows(&replayed, 10).iter().map(|row| row.later).collect();
        assert_eq!(later, [None, None, Some(6.0), None]);
        assert_eq!((all[3].scenario.map(|band| band.mid), all[3].kept[0]), (Some(9.0), Some(7.0)));
    }

    #[test]
    fn a_file_has_every_point_of_every_line() {
        let text = csv(&trend(), "degC", &['A']);
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines[0], "time,line,value [degC],low [degC],high [degC]");
        assert_eq!(lines[1], "1970-01-01T00:00:04Z,measured,3,,");
        assert_eq!(lines[2], "1970-01-01T00:01:16Z,scenario A,7,,");
        assert_eq!(lines[3], "1970-01-01T00:00:06Z,twin,3.5,2.5,4.5");
        assert_eq!(lines.len(), 9, "{text}");
    }
}
