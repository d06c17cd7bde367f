//! What a backtest comes to, as a person reads it on a terminal.

use std::io::{self, Write};

use app::wording::{unit, unit_of_difference};
use twin::{detect::Change, model::Signal};

use super::{
    Raised, Tested,
    chance::Inside,
    life::{ALPHA, Life, Score},
};
use crate::{
    recorded,
    wording::{digits, short, time},
};

/// More alarms than these say no more.
const MOST_ALARMS: usize = 100;

pub fn all(tested: &Tested, to: &mut dyn Write) -> io::Result<()> {
    let Tested { model, .. } = tested;
    let span = short(tested.until - tested.from);
    writeln!(to, "{}: {} entries over {span} from {}", model.title, tested.entries, time(tested.from))?;
    recorded::told(&tested.judged, to)?;
    residuals(tested, to)?;

    match tested.learnt {
        None if tested.alarms.is_empty() => writeln!(to, "\nalarms: none, for it was not yet known what is normal")?,
        None => {
            let count = tested.alarms.len();
            writeln!(to, "\nalarms: {count} by what was learned before; else it was not yet known what is normal")?;
        }
        Some(_) if !has_charts(tested) => {
            let count = tested.alarms.len();
            writeln!(to, "\nalarms: {count} in {span} by what was learned; how many may be false was set then")?;
        }
        Some(t) => {
            let watched = tested.until - t;
            let allowed = watched.0 as f64 / model.false_alarm_every.0 as f64;
            writeln!(
                to,
                "\nalarms: {} in {} after {} of learning what is normal; {allowed:.2} false ones are allowed",
                tested.alarms.len(),
                short(watched),
                short(t - tested.from)
            )?;
        }
    }
    for raised in tested.alarms.iter().take(MOST_ALARMS) {
        alarm(raised, to)?;
    }
    if tested.alarms.len() > MOST_ALARMS {
        writeln!(to, "  and {} more", tested.alarms.len() - MOST_ALARMS)?;
    }
    forecasts(tested, to)?;
    for life in tested.lives.iter().filter(|_| !tested.failed.is_empty()) {
        match life.score() {
            Some(score) => lived(life, &score, to)?,
            None => writeln!(to, "\nlife that is left, {}: nothing was said that could be scored", life.title)?,
        }
    }
    Ok(())
}

/// Whether anything is compared with what the twin expects: there is a budget of false alarms then.
pub fn has_charts(tested: &Tested) -> bool {
    tested.followed.iter().any(|own| own.residuals.count() > 0)
}

/// As wide as the longest name of a signal with its unit.
fn width(tested: &Tested) -> usize {
    tested.model.signals.iter().map(|signal| named(signal).chars().count()).fold(24, usize::max)
}

fn alarm(raised: &Raised, to: &mut dyn Write) -> io::Result<()> {
    let over = raised.over.map_or("goes on".to_owned(), |t| format!("over after {}", short(t - raised.alarm.found)));
    let found = short(raised.alarm.found - raised.alarm.began);
    let change = change(raised.alarm.change);
    writeln!(to, "  {} {change}, begun {found} before, {over}: {}", time(raised.alarm.found), raised.finding)?;
    if !raised.causes.is_empty() {
        writeln!(to, "      {}", raised.causes)?;
    }
    Ok(())
}

pub fn change(change: Change) -> &'static str {
    match change {
        Change::Shift => "shift",
        Change::Drift => "drift",
        Change::Learned(_) => "learned",
        Change::Joint => "joint",
    }
}

/// Of a signal that is compared with the twin, its name and the unit of its differences.
pub fn named(signal: &Signal) -> String {
    match &unit(unit_of_difference(&signal.unit))[..] {
        "" => signal.name.clone(),
        unit => format!("{} [{unit}]", signal.name),
    }
}

/// The signals that are compared with the twin and of which `own` says that there is anything, with their numbers.
pub fn compared<'t>(
    tested: &'t Tested,
    count: impl Fn(usize) -> u64 + 't,
) -> impl Iterator<Item = (usize, &'t Signal)> {
    tested.model.signals.iter().enumerate().filter(move |(n, _)| count(*n) > 0)
}

pub fn percent(inside: Inside) -> String {
    format!("{:.1} %", inside.percent())
}

/// Where the share lies of what is right, and what it is where it lies elsewhere.
pub fn range(inside: Inside) -> String {
    let [low, high] = inside.range();
    let verdict = match inside.percent() {
        share if share < low => ": too few",
        share if share > high => ": too many",
        _ => "",
    };
    format!("{low:.1} to {high:.1} %{verdict}")
}

/// `once`, `7 times`.
pub fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        _ => format!("{count} times"),
    }
}

/// What is known of enough; said where it is not.
pub fn known(x: Option<f64>) -> String {
    x.map_or("too few".to_owned(), digits)
}

fn residuals(tested: &Tested, to: &mut dyn Write) -> io::Result<()> {
    if !has_charts(tested) {
        return writeln!(to, "\nresidual: nothing was measured that the twin foresees");
    }
    let width = width(tested);
    writeln!(to, "\nresidual: what was measured, beside what was expected just before")?;
    writeln!(
        to,
        "  {:width$} {:>8} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8} {:>9}   right if",
        "signal", "count", "bias", "deviation", "mae", "rmse", "normalised", "lag 1", "in 90 %"
    )?;
    for (number, signal) in compared(tested, |number| tested.followed[number].residuals.count()) {
        let own = &tested.followed[number];
        let of = &own.residuals;
        let [bias, deviation, mae, rmse] = [of.bias(), of.deviation(), of.mae(), of.rmse()].map(digits);
        let [normed, lag] = [own.normed.deviation(), own.normed.lag_one()].map(known);
        writeln!(
            to,
            "  {:width$} {:>8} {bias:>10} {deviation:>10} {mae:>10} {rmse:>10} {normed:>10} {lag:>8} {:>9}   {}",
            named(signal),
            of.count(),
            percent(of.inside),
            range(of.inside)
        )?;
    }
    Ok(())
}

fn forecasts(tested: &Tested, to: &mut dyn Write) -> io::Result<()> {
    let forecasts = &tested.forecasts;
    if forecasts.made == 0 {
        return Ok(());
    }
    let reach = short(forecasts.reach);
    if !forecasts.are_compared() {
        return writeln!(to, "\n{} forecasts over {reach}: nothing then came that they foresaw", forecasts.made);
    }
    let width = width(tested);
    writeln!(to, "\n{} forecasts over {reach}, beside what then came", forecasts.made)?;
    writeln!(to, "held mae: that of whoever says that the last value stays")?;
    for lead in forecasts.by_lead.iter().filter(|lead| lead.is_compared()) {
        writeln!(to, "after {}", short(lead.after))?;
        writeln!(
            to,
            "  {:width$} {:>8} {:>10} {:>10} {:>10} {:>10} {:>9}   right if",
            "signal", "count", "bias", "mae", "rmse", "held mae", "in 90 %"
        )?;
        for (number, signal) in compared(tested, |number| lead.signals[number].residuals.count()) {
            let ahead = &lead.signals[number];
            let of = &ahead.residuals;
            let [bias, mae, rmse, held] = [of.bias(), of.mae(), of.rmse(), ahead.held_mae()].map(digits);
            writeln!(
                to,
                "  {:width$} {:>8} {bias:>10} {mae:>10} {rmse:>10} {held:>10} {:>9}   {}",
                named(signal),
                of.count(),
                percent(of.inside),
                range(of.inside)
            )?;
        }
    }
    Ok(())
}

fn lived(life: &Life, score: &Score, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "\nlife that is left, {}: {} said, beside when it failed", life.title, times(score.count))?;
    scored(life, score).iter().try_for_each(|(what, value)| writeln!(to, "  {what:32} {value}"))
}

/// What a score comes to: names and values.
pub fn scored(life: &Life, score: &Score) -> Vec<(String, String)> {
    let rows = |secs: f64| digits(secs / life.row.secs());
    let time = |secs: f64| format!("{} h ({} rows of {})", digits(secs / 3600.0), rows(secs), short(life.row));
    let share = |inside: Inside| format!("{} of {}", percent(inside), inside.count);
    let within = match score.inside.count {
        0 => "nothing is known of its ends".to_owned(),
        _ => format!("{}, right if {}", share(score.inside), range(score.inside)),
    };
    let silent = match score.silent {
        0 => "never".to_owned(),
        silent => format!("{}; {} of these failed within {}", times(silent), score.missed, short(life.reach)),
    };
    let near = format!("within {:.0} % of the true life", 100.0 * ALPHA);
    let asymmetric =
        if score.asymmetric.is_finite() { digits(score.asymmetric) } else { "too large for a number".to_owned() };
    let all = [
        ("RMSE", time(score.rmse_secs)),
        ("bias (later than true above 0)", time(score.bias_secs)),
        ("score of PHM08 (0 is best)", format!("{asymmetric} over {} predictions", score.count)),
        (&near[..], share(score.near)),
        ("inside of the 90 % interval", within),
        ("nothing said", silent),
    ];
    all.map(|(what, value)| (what.to_owned(), value)).into()
}
