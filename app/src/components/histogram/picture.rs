//! What a histogram of members is of, as bars and in words.

use twin::{
    Projection, Span, Timestamp,
    whatif::{Crossing, Met},
};

use crate::{
    live::{asset::LiveAsset, hint::Hint, outlook::Meeting},
    plot::histogram::{Histogram, Members},
    wording,
};

/// Of what there is as of now, and of what is simulated.
type Both<T> = [Option<T>; 2];

/// A picture and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// What it is of: a condition of the model, or, after all of these, the shown quantity.
    pub of: usize,
    /// `None` where no member has a value.
    pub histogram: Option<Histogram>,
    /// What stands above the values in a table.
    pub head: String,
    unit: String,
    /// A sentence a future.
    pub said: Both<String>,
    /// What is in no bar, and the share of it in each future.
    never: Option<(String, Both<f64>)>,
}

impl Picture {
    /// Of what was `chosen`; else of what is met first, and where nothing is, of where the `shown` quantity ends. `None` where
    /// there is no future.
    pub fn of(asset: &LiveAsset, now: Timestamp, chosen: Option<usize>, shown: usize) -> Option<Picture> {
        let futures = [asset.baseline(), asset.changed()];
        let until = *futures[0]?.times.last()?;
        let conditions = asset.model.failures.len() + asset.model.limits.len();
        let first = || {
            futures.into_iter().flatten().find_map(Hint::of).map(|hint| match hint.met {
                Met::Failure(number) => usize::from(number),
                Met::Limit(number) => asset.model.failures.len() + usize::from(number),
            })
        };
        let of = chosen.or_else(first).unwrap_or(conditions).min(conditions);
        let picture =
            if of < conditions { meeting(asset, futures, of, (now, until)) } else { ending(asset, futures, shown) };
        picture.map(|picture| Picture { of, ..picture })
    }

    /// The labels of both axes, each with its place in percent: of shares upwards, of values to the right.
    pub fn labels(&self) -> [Vec<(String, String)>; 2] {
        let Some(Histogram { values, shares, .. }) = &self.histogram else { return Default::default() };
        let place = |share: f64| format!("{:.2}%", share * 100.0);
        let last = values.ticks.len() - 1;
        let value = |(number, value): (usize, &f64)| {
            let words = wording::number(*value, values.decimals);
            let words = if number == last { wording::quantity(*value, values.decimals, &self.unit) } else { words };
            (place((value - values.low) / (values.high - values.low)), words)
        };
        let share =
            |share: &f64| (place(1.0 - share / shares.high), percent(*share, shares.decimals.saturating_sub(2)));
        [shares.ticks.iter().map(share).collect(), values.ticks.iter().enumerate().map(value).collect()]
    }

    /// Lines of a table: from where to where, and the share of members in each future.
    pub fn rows(&self) -> Vec<[String; 3]> {
        let told = |share: Option<f64>| share.map_or_else(|| wording::NOTHING.to_string(), |share| percent(share, 1));
        let decimals = self.histogram.as_ref().map_or(0, |histogram| histogram.values.decimals);
        let rows = self.histogram.iter().flat_map(Histogram::rows).map(|([from, to], baseline, scenario)| {
            let [from, to] = [from, to].map(|value| wording::number(value, decimals));
            [format!("{from} to {to}"), told(Some(baseline)), told(scenario)]
        });
        let never = self.never.clone().map(|(what, [baseline, scenario])| [what, told(baseline), told(scenario)]);
        rows.chain(never).collect()
    }
}

/// When members first meet a condition.
fn meeting(
    asset: &LiveAsset,
    futures: Both<&Projection>,
    condition: usize,
    (now, until): (Timestamp, Timestamp),
) -> Option<Picture> {
    let ahead = until - now;
    let units = [(Span::DAY, "d", 4), (Span::HOUR, "h", 3), (Span::MINUTE, "min", 3)];
    let fits = |(unit, _, least): &(Span, &str, i64)| ahead.0 >= least * unit.0;
    let (unit, name, _) = units.into_iter().find(fits).unwrap_or((Span::SECOND, "s", 1));
    let crossings = futures.map(|future| future?.crossings.get(condition));
    let of = |crossing: &Crossing| Members::meeting(crossing, now, asset.model.step, unit);
    let members = crossings.map(|crossing| crossing.map(of));
    let least = 4.0 * asset.model.step.secs() / unit.secs();
    let never = |members: &Members| 1.0 - f64::from(members.counted()) / f64::from(members.all.max(1));
    Some(Picture {
        of: condition,
        histogram: Histogram::of(members[0].as_ref()?, members[1].as_ref(), least),
        head: format!("After now, {name}"),
        unit: name.to_string(),
        said: told(&crossings, |crossing| when(crossing, now, ahead)),
        never: Some((
            format!("not within {}", wording::span(ahead)),
            [0, 1].map(|future| members[future].as_ref().map(never)),
        )),
    })
}

/// Where the shown quantity ends; what stops before ends nowhere.
fn ending(asset: &LiveAsset, futures: Both<&Projection>, shown: usize) -> Option<Picture> {
    let quantity = asset.model.quantities.get(shown)?;
    let decimals = wording::decimals(quantity.range);
    let of = |future: &Projection| {
        let members = Members::ending(future.ends.get(shown)?);
        let has_stopped = future.stop(&asset.model).is_some();
        (members.all > 0).then(|| if has_stopped { Members { piles: Vec::new(), ..members } } else { members })
    };
    let members = futures.map(|future| future.and_then(of));
    let unit = wording::unit(&quantity.unit);
    let words = |value: f64| wording::quantity(value, decimals, &quantity.unit);
    let said = |members: &Members| {
        let [low, mid, high] = [0.05, 0.5, 0.95].map(|share| members.quantile(share).map(words));
        match (low, mid, high) {
            (Some(low), Some(mid), Some(high)) => {
                format!("Half of the members end below {mid}, 90\u{a0}% between {low} and {high}.")
            }
            _ => "More likely than not it stops before the forecast ends.".to_string(),
        }
    };
    Some(Picture {
        of: 0,
        histogram: Histogram::of(members[0].as_ref()?, members[1].as_ref(), 4.0 * 0.1f64.powi(decimals as i32)),
        head: if unit.is_empty() { quantity.title.clone() } else { format!("{}, {unit}", quantity.title) },
        unit: quantity.unit.clone(),
        said: told(&members.each_ref().map(Option::as_ref), said),
        never: None,
    })
}

/// A sentence a future; where there are two, each says which it is.
fn told<T>(of: &Both<&T>, say: impl Fn(&T) -> String) -> Both<String> {
    let is_simulated = of[1].is_some();
    let own = |(of, name): (Option<&T>, &str)| {
        of.map(|of| if is_simulated { format!("{name}: {}", say(of)) } else { say(of) })
    };
    [own((of[0], "As it is")), own((of[1], "Simulation"))]
}

/// `Half of the members meet it before 14 d, 90 % between 9 d and 31 d; 2 % not within 40 d.`
fn when(crossing: &Crossing, now: Timestamp, ahead: Span) -> String {
    let met = crossing.probability();
    let ahead = wording::span(ahead);
    let share = |share: f64| percent(share, if (0.1..0.9).contains(&share) { 0 } else { 1 });
    let never = if met < 1.0 { format!("; {} not within {ahead}", share(1.0 - met)) } else { String::new() };
    match Meeting::of(crossing, now) {
        Meeting::Now => format!("More than half of the members meet it now{never}."),
        Meeting::In { mid, low, high } => {
            let [mid, low] = [mid, low].map(wording::span);
            let spread = match high {
                Some(high) => format!("90\u{a0}% between {low} and {}", wording::span(high)),
                None => format!("one in twenty before {low}"),
            };
            format!("Half of the members meet it before {mid}, {spread}{never}.")
        }
        Meeting::Unlikely { .. } => {
            format!("{} of the members meet it within {ahead}, {} do not.", share(met), share(1.0 - met))
        }
        Meeting::Never => {
            format!("None of {} members meets it within {ahead}.", wording::count(crossing.first.len() as u64))
        }
    }
}

fn percent(share: f64, decimals: usize) -> String {
    format!("{}\u{a0}%", wording::number(share * 100.0, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: impl IntoIterator<Item = Option<i64>>, expected: &str) {
        let first = first.into_iter().map(|days| days.map(|days| Timestamp(days * Span::DAY.0))).collect();
        let crossing = Crossing { met: Met::Failure(0), first };
        let said = when(&crossing, Timestamp(0), Span(40 * Span::DAY.0));
        assert_eq!(said, expected.replace(" %", "\u{a0}%"));
    }

    #[test]
    fn when_members_fail_is_said_in_one_sentence() {
        let each = |from: i64, to: i64| (from..to).map(Some);
        let (half, few) = (each(9, 24).chain(each(9, 24)), each(1, 4));
        check(half, "Half of the members meet it before 16 d, 90 % between 9 d and 23 d.");
        check(
            each(1, 20).chain([None]),
            "Half of the members meet it before 11 d, one in twenty before 2 d; 5.0 % not within 40 d.",
        );
        check(few.chain([None; 9]), "25 % of the members meet it within 40 d, 75 % do not.");
        check([None; 64], "None of 64 members meets it within 40 d.");
        check([Some(-1); 64], "More than half of the members meet it now.");
    }
}
