//! How near a twin came to the life that an asset had left.

use twin::{Model, Projection, Span, Timestamp, Twin, twin::Band};

use super::chance::Inside;

/// A failure of a model that ends the life of its asset; the others warn.
const ENDS: &str = "stop";
/// A life within this part of the true one is right: alpha of the alpha-lambda accuracy.
pub const ALPHA: f64 = 0.2;
/// Rows too few and too many for which a prediction costs the same: too late is worse.
const EARLY: f64 = 13.0;
const LATE: f64 = 10.0;

/// What says how long an asset has left, and what it said.
#[derive(Debug, Clone, PartialEq)]
pub struct Life {
    pub title: String,
    /// What a row is in time.
    pub row: Span,
    /// How far ahead failures are looked for.
    pub reach: Span,
    pub asked: Vec<Asked>,
    of: Of,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Of {
    /// Number of the failure in the model: foreseen by stepping ahead.
    Failure(usize),
    /// Number of the gauge in the model: learned.
    Gauge(usize),
}

/// What was said at an instant, and what then came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    pub t: Timestamp,
    pub said: Option<Left>,
    /// `None` where it is not known when the asset failed.
    pub truth: Option<Span>,
}

/// The life that is left: the middle, and the ends of a 90 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Left {
    pub low: Span,
    pub middle: Span,
    /// `None` beyond what was looked at.
    pub high: Option<Span>,
}

/// What predictions of lives come to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Score {
    pub count: u64,
    /// Root of the mean square of the errors, in seconds.
    pub rmse_secs: f64,
    /// Mean of the errors, in seconds: above 0 it is said to last longer than it did.
    pub bias_secs: f64,
    /// The sum of Saxena, Goebel, Simon and Eklund, "Damage Propagation Modeling for Aircraft Engine Run-to-Failure
    /// Simulation", PHM 2008, in rows of life.
    pub asymmetric: f64,
    /// Lives that were within `ALPHA` of the true one.
    pub near: Inside,
    /// True lives inside of the 90 % interval; of those that may end beyond what was looked at only what is known.
    pub inside: Inside,
    /// Instants at which nothing was said, and those of them after which it failed within what was looked at.
    pub silent: u64,
    pub missed: u64,
}

impl Life {
    /// What of `model` says anything of lives; `row` is that of what has no rows of its own.
    pub fn all(model: &Model, row: Span, reach: Span) -> Vec<Life> {
        let own = |title: &str, row, of| Life { title: title.to_owned(), row, reach, asked: Vec::new(), of };
        let failures = model.failures.iter().enumerate().filter(|(_, failure)| failure.severity == ENDS);
        let foreseen = failures.map(|(number, failure)| own(&failure.title, row, Of::Failure(number)));
        let gauges = model.gauges.iter().enumerate();
        let is_life = |kind| matches!(kind, twin::gauge::Kind::Life | twin::gauge::Kind::Fade);
        let gauges = gauges.filter(|(_, gauge)| is_life(gauge.kind));
        foreseen.chain(gauges.map(|(number, gauge)| own(&gauge.title, gauge.every, Of::Gauge(number)))).collect()
    }

    /// Asks `twin`, whose future is `projection`; `failed` are the instants at which the asset failed.
    pub fn ask(&mut self, twin: &Twin, now: Timestamp, projection: &Projection, failed: &[Timestamp]) {
        let next = failed.iter().find(|failed| **failed > now);
        if next.is_none() && !failed.is_empty() {
            return;
        }
        let said = match self.of {
            Of::Failure(number) => projection.crossings.get(number).and_then(|crossing| {
                let left = |t: Timestamp| Span((t - now).0.max(0));
                let [low, middle, high] = [0.05, 0.5, 0.95].map(|share| crossing.quantile(share).map(left));
                Some(Left { low: low?, middle: middle?, high })
            }),
            Of::Gauge(number) => twin.learned().get(number).and_then(|learnt| learnt.remaining).map(|remaining| {
                let gauge = &twin.model().gauges[number];
                let [low, middle, high] =
                    [remaining.low, remaining.middle, remaining.high].map(|rows| gauge.span_of(rows.max(0.0)));
                Left { low, middle, high: Some(high) }
            }),
        };
        self.asked.push(Asked { t: now, said, truth: next.map(|next| *next - now) });
    }

    /// `None` where it is not known when the asset failed, or nothing was asked or said.
    pub fn score(&self) -> Option<Score> {
        let mut score = Score::default();
        let (mut squares, mut sum) = (0.0, 0.0);
        for Asked { said, truth, .. } in &self.asked {
            let truth = (*truth)?;
            let Some(said) = said else {
                score.silent += 1;
                score.missed += u64::from(truth <= self.reach);
                continue;
            };
            let error = said.middle.secs() - truth.secs();
            let rows = error / self.row.secs();
            score.count += 1;
            squares += error * error;
            sum += error;
            score.asymmetric += if rows < 0.0 { (-rows / EARLY).exp_m1() } else { (rows / LATE).exp_m1() };
            score.near.take(error.abs() <= ALPHA * truth.secs());
            match said.high {
                Some(high) => score.inside.take((said.low..=high).contains(&truth)),
                None if truth <= self.reach => score.inside.take(truth >= said.low),
                None => {}
            }
        }
        score.rmse_secs = (squares / score.count as f64).sqrt();
        score.bias_secs = sum / score.count as f64;
        (score.count > 0).then_some(score)
    }

    /// Whether it said anything at all.
    pub fn is_said(&self) -> bool {
        self.asked.iter().any(|asked| asked.said.is_some())
    }
}

impl Left {
    /// In hours, open ends at `most`.
    pub fn hours(&self, most: Span) -> Band {
        let [low, mid, high] = [self.low, self.middle, self.high.unwrap_or(most)].map(|span| span.secs() / 3600.0);
        Band { mean: mid, low, mid, high }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(n: i64) -> Span {
        Span(n * Span::HOUR.0)
    }

    fn asked(truth: Option<i64>, said: Option<(i64, i64, Option<i64>)>) -> Asked {
        let left = |(low, middle, high): (i64, _, Option<i64>)| Left {
            low: hours(low),
            middle: hours(middle),
            high: high.map(hours),
        };
        Asked { t: Timestamp(0), said: said.map(left), truth: truth.map(hours) }
    }

    fn life(asked: Vec<Asked>) -> Life {
        Life { title: String::new(), row: Span::HOUR, reach: hours(9), asked, of: Of::Gauge(0) }
    }

    #[test]
    fn lives_score_as_worked_out_by_hand() {
        // Errors in rows: -13, +10, 0, +3. The sum is (e - 1) + (e - 1) + 0 + (e^0.3 - 1) = 3.786422; the root of the mean
        // square that of (169 + 100 + 0 + 9) / 4 = 69.5; the mean is 0. Within a fifth of 100, 50, 20 and 10 are
        // all but 13 beside 10. Of the intervals the second ends before 50, the last begins after 10.
        let score = life(vec![
            asked(Some(100), Some((70, 87, Some(100)))),
            asked(Some(50), Some((40, 60, Some(49)))),
            asked(Some(20), Some((15, 20, Some(25)))),
            asked(Some(10), Some((11, 13, Some(14)))),
            asked(Some(10), None),
            asked(Some(9), None),
        ])
        .score()
        .unwrap();
        assert!((score.asymmetric - 3.786_422).abs() < 1e-6, "{score:?}");
        assert!((score.rmse_secs - 69.5f64.sqrt() * 3600.0).abs() < 1e-9 && score.bias_secs == 0.0, "{score:?}");
        assert_eq!((score.count, score.silent, score.missed), (4, 2, 1));
        assert_eq!(score.near, Inside { inside: 3, count: 4 });
        assert_eq!(score.inside, Inside { inside: 2, count: 4 });
    }

    #[test]
    fn what_may_lie_beyond_what_was_looked_at_is_not_counted() {
        let ends = [10, 9, 7].map(|truth| asked(Some(truth), Some((8, 11, None))));
        let score = life(ends.into()).score().unwrap();
        assert_eq!((score.count, score.inside), (3, Inside { inside: 1, count: 2 }));
    }

    #[test]
    fn without_a_failure_nothing_is_scored() {
        assert_eq!(life(vec![asked(None, Some((8, 11, None)))]).score(), None);
        assert_eq!(life(vec![asked(Some(3), None)]).score(), None);
    }
}
