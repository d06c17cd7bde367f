//! The line: its times and pieces add up, its indicators are those of the standard, its jams come as they should.

use twin::{Entry, Horizon, Scenario, Span, Timestamp, Twin, What, project, simulate::begin};

use super::{Asset, near, with};
use crate::following::model;

pub const LINE: &str = include_str!("../../../../../server/models/packaging-line.toml");

const INSIDE: &[(&str, &str)] = &[("t_planned", "h"), ("made", "1"), ("bad", "1"), ("strained", "1")];

#[test]
fn planned_time_is_running_changing_over_or_down_and_oee_is_the_product_of_its_factors() {
    let mut line = Asset::new(&with(LINE, &[], INSIDE), &[("planned", 1.0)]);
    for (hours, changeover, planned) in
        [(3.0, 0.0, 1.0), (0.5, 1.0, 1.0), (9.0, 0.0, 1.0), (5.0, 0.0, 0.0), (8.0, 0.0, 1.0)]
    {
        line.tell("changeover", changeover);
        line.tell("planned", planned);
        line.run(hours * 3_600.0);
    }
    let times = ["running_hours", "setup_hours", "down_hours"].map(|name| line.get(name));
    near(line.get("shown_t_planned"), 20.5, 1e-9);
    near(times.iter().sum(), 20.5, 1e-9);
    near(times[1], 0.5, 1e-9);
    assert!(times[2] > 0.0 && line.get("jam_count") >= 2.0);
    let [availability, effectiveness, quality] =
        ["availability", "effectiveness", "quality"].map(|name| line.get(name) / 100.0);
    near(line.get("oee") / 100.0, availability * effectiveness * quality, 1e-12);
    near(effectiveness, 0.9, 1e-9);
    near(line.get("good") + line.get("shown_bad"), line.get("shown_made"), 1e-9);
    near(line.get("time_to_restore"), 0.2, 1e-6);
}

/// The least and the most that any quantile of these indicators is on the way to `hours`, in the minutes that count.
fn extremes(twin: &Twin, hours: i64, name: &str) -> (f64, f64) {
    let horizon = Horizon { span: Span(hours * Span::HOUR.0), points: 60 * hours as usize };
    let future = project(twin, &Scenario::default(), horizon, 64, 3);
    let model = twin.model();
    let number = model.quantities.iter().position(|quantity| quantity.name == name).unwrap();
    let all = future.bands[number].iter().flat_map(|band| [band.low, band.mid, band.high]);
    all.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)))
}

#[test]
fn a_line_that_has_made_next_to_nothing_has_no_indicator_that_could_not_be() {
    let model = model(&with(LINE, &[], INSIDE));
    for (start, planned, speed) in [(6, 1.0, 180.0), (7, 1.0, 180.0), (7, 1.0, 0.0), (3, 0.0, 180.0)] {
        let start = Timestamp(start * Span::HOUR.0);
        let mut twin = begin(model.clone(), 11, start, &[speed, planned, 0.0]);
        for pieces in [None, Some((0.0, 0.0)), Some((3.0, 2.0))] {
            if let Some((made, bad)) = pieces {
                let sample = |name: &str, value| Entry {
                    t: start,
                    what: What::Sample { signal: model.signal(name).unwrap(), value },
                };
                twin.observe(&[sample("counter", made), sample("rejects", bad)]);
            }
            for name in ["oee", "availability", "quality", "effectiveness", "reject_now"] {
                // The model is never surer of what was made than to some pieces in a hundred.
                let most = if name == "effectiveness" || name == "oee" { 120.0 } else { 100.0 };
                let (low, high) = extremes(&twin, 3, name);
                assert!(low >= 0.0 && high <= most, "{name} at {speed} a minute: {low} to {high}");
            }
            for name in ["counter", "rejects", "good", "shown_made", "shown_bad", "energy_per_piece"] {
                assert!(extremes(&twin, 3, name).0 >= 0.0, "{name} at {speed} a minute");
            }
        }
    }
}

#[test]
fn before_enough_is_counted_an_indicator_is_that_of_the_line_as_it_stands() {
    let mut line = Asset::new(&with(LINE, &[], INSIDE), &[("planned", 1.0)]);
    let reject = line.get("reject_now");
    near(line.get("quality"), 100.0 - reject, 1e-9);
    near(line.get("effectiveness"), 90.0, 1e-9);
    near(line.get("availability"), 100.0, 1e-9);
    near(line.get("oee"), 0.9 * (100.0 - reject), 1e-9);
    // From half an hour on it is counted, and comes to the same while nothing has changed.
    line.run(1_740.0);
    let before = line.get("quality");
    line.run(120.0);
    near(line.get("quality"), before, 0.05);
    line.tell("speed", 100.0);
    line.run(60.0);
    assert!(line.get("effectiveness") > 85.0, "what was made so far counts: {}", line.get("effectiveness"));
}

#[test]
fn a_day_that_begins_with_a_changeover_loses_nothing_before_its_first_piece() {
    let mut line = Asset::new(&with(LINE, &[], INSIDE), &[("planned", 1.0), ("changeover", 1.0)]);
    let by_speed = line.get("oee");
    for _ in 0..7 {
        line.run(300.0);
        near(line.get("oee"), by_speed, 1e-9);
    }
    line.tell("changeover", 0.0);
    line.run(3_600.0);
    near(line.get("availability"), 100.0, 1e-9);
    // The next one is lost.
    line.tell("changeover", 1.0);
    line.run(1_800.0);
    near(line.get("availability"), 100.0 / 1.5, 1e-9);
    near(line.get("shown_t_planned"), 125.0 / 60.0, 1e-9);
}

#[test]
fn the_money_is_that_of_pieces_standstill_and_energy() {
    let mut line = Asset::new(&with(LINE, &[], INSIDE), &[("planned", 1.0)]);
    line.run(24.0 * 3_600.0);
    let energy = line.get("running_hours") * 22.0 + line.get("down_hours") * 6.0;
    let earned = line.get("good") * 0.04 - line.get("shown_bad") * 0.06 - line.get("down_hours") * 600.0 - energy * 0.2;
    near(line.get("earned"), earned, 1e-6);
    near(line.get("energy_per_piece") * line.get("good") / 1_000.0, energy, 1e-6);
}

#[test]
fn a_tool_at_another_speed_lasts_as_taylor_says() {
    let left = |speed: f64| {
        let text = with(LINE, &[("jam_time", 1e9)], INSIDE);
        let mut line = Asset::new(&text, &[("planned", 1.0), ("speed", speed)]);
        let said = line.get("tool_left");
        line.run(2.0 * 3_600.0);
        near(line.get("tool_wear"), 200.0 / said, 1e-6 * 200.0 / said);
        said
    };
    near(left(200.0), 60.0, 1e-9);
    // V T^0.25 is the same for both.
    near(left(300.0), 60.0 / 1.5f64.powi(4), 1e-9);
    near(left(100.0), 60.0 * 16.0, 1e-6);
}

#[test]
fn the_nominal_line_jams_once_in_each_mean_time() {
    let text = with(LINE, &[("tool_life", 1e9)], INSIDE);
    let mut line = Asset::new(&text, &[("planned", 1.0)]);
    // Five times six hours of running, and twelve minutes of each jam.
    line.run(5.0 * 6.2 * 3_600.0 + 1_800.0);
    assert_eq!(line.get("jam_count"), 5.0);
    near(line.get("time_between"), 6.1, 1e-2);
}

#[test]
fn jams_of_many_lines_are_as_frequent_as_stated_and_as_scattered_as_chance() {
    let text = with(LINE, &[("tool_life", 1e9), ("jam_time", 2.0)], INSIDE);
    let model = model(&text);
    let sample = |name: &str, value: f64| Entry {
        t: Timestamp(0),
        what: What::Sample { signal: model.signal(name).unwrap(), value },
    };
    let mut twin = Twin::new(model.clone(), 11);
    // Planned by night as by day: the schedule goes on in its own hours, so only those of the first shift count.
    let start = Timestamp(6 * Span::HOUR.0);
    let told = [sample("speed", 180.0), sample("planned", 1.0), sample("changeover", 0.0)];
    twin.observe(&told.map(|entry| Entry { t: start, ..entry }));
    let view = twin.at(Timestamp(22 * Span::HOUR.0));
    let jams = model.quantities.iter().position(|quantity| quantity.name == "jam_count").unwrap();
    let hours = model.quantities.iter().position(|quantity| quantity.name == "running_hours").unwrap();
    let (jams, hours) = (view.bands[jams], view.bands[hours]);
    // A count of chance has its mean as its variance; 64 lines give it to a third of one.
    let expected = hours.mean / 2.0;
    assert!(hours.mean > 10.0);
    near(jams.mean, expected, 3.0 * (expected / 64.0).sqrt());
    assert!(jams.high - jams.low > 2.0 * expected.sqrt() && jams.high - jams.low < 5.0 * expected.sqrt(), "{jams:?}");
}

#[test]
fn a_future_says_how_likely_a_jam_is_although_its_effects_end_what_it_is_told_by() {
    let text = with(LINE, &[("tool_life", 1e9), ("jam_time", 2.0)], INSIDE);
    let model = model(&text);
    let twin = begin(model.clone(), 11, Timestamp(7 * Span::HOUR.0), &[180.0, 1.0, 0.0]);
    let ahead = |hours: i64| {
        let horizon = Horizon { span: Span(hours * Span::HOUR.0), points: 1 };
        let future = project(&twin, &Scenario::default(), horizon, 64, 3);
        future.crossings.into_iter().find(|own| own.failure(&model).is_some_and(|own| own.name == "jammed")).unwrap()
    };
    // The first jam is exponential in the time that the line runs; 64 lines give its share to a twentieth.
    for hours in [1, 2, 4] {
        near(ahead(hours).probability(), 1.0 - (-(hours as f64) / 2.0).exp(), 0.15);
    }
    assert!(ahead(4).quantile(0.1) < ahead(4).quantile(0.5));
}

#[test]
fn a_worn_tool_is_changed_and_costs_quality_until_then() {
    let text = with(LINE, &[("jam_time", 1e9), ("tool_life", 10.0)], INSIDE);
    let mut line = Asset::new(&text, &[("planned", 1.0), ("speed", 200.0)]);
    near(line.get("reject_now"), 1.5, 1e-9);
    line.run(9.0 * 3_600.0);
    near(line.get("reject_now"), 1.5 + 2.5 * 0.9, 0.01);
    line.run(2.0 * 3_600.0);
    assert!(line.get("tool_wear") < 10.0, "{}", line.get("tool_wear"));
}
