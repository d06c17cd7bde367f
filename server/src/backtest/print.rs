//! What a backtest comes to, as a person reads it on a terminal.

use std::io::{self, Write};

use twin::{
    detect::Change,
    model::{Role, Signal},
};

use super::{Raised, Tested, score::Residuals};
use crate::wording::{short, time};

/// More alarms than these say no more.
const MOST_ALARMS: usize = 100;

pub fn all(tested: &Tested, to: &mut dyn Write) -> io::Result<()> {
    let Tested { model, .. } = tested;
    let span = short(tested.until - tested.from);
    writeln!(to, "{}: {} entries over {span} from {}", model.title, tested.entries, time(tested.from))?;
    if tested.left_out > 0 {
        writeln!(to, "left out: {} that no door would take", tested.left_out)?;
    }
    writeln!(to, "\nresidual: what was measured, beside what was expected just before")?;
    table(&model.signals, &tested.residuals, to)?;

    match tested.learnt {
        None => writeln!(to, "\nalarms: none, for it was not yet known what is normal")?,
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

    if tested.forecasts.made > 0 {
        writeln!(
            to,
            "\n{} forecasts over {}, beside what then came",
            tested.forecasts.made,
            short(tested.forecasts.reach)
        )?;
        for (lead, residuals) in &tested.forecasts.by_lead {
            writeln!(to, "after {}", short(*lead))?;
            table(&model.signals, residuals, to)?;
        }
    }
    Ok(())
}

fn alarm(raised: &Raised, to: &mut dyn Write) -> io::Result<()> {
    let change = match raised.alarm.change {
        Change::Shift => "shift",
        Change::Drift => "drift",
        Change::Learned(_) => "learned",
        Change::Joint => "joint",
    };
    let over = raised.over.map_or("goes on".to_owned(), |t| format!("over after {}", short(t - raised.alarm.found)));
    let found = short(raised.alarm.found - raised.alarm.began);
    writeln!(to, "  {} {change}, begun {found} before, {over}: {}", time(raised.alarm.found), raised.finding)?;
    if !raised.causes.is_empty() {
        writeln!(to, "      {}", raised.causes)?;
    }
    Ok(())
}

fn table(signals: &[Signal], residuals: &[Residuals], to: &mut dyn Write) -> io::Result<()> {
    writeln!(
        to,
        "  {:24} {:>8} {:>12} {:>12} {:>12} {:>9}   right if",
        "signal", "count", "bias", "mae", "rmse", "in 90 %"
    )?;
    for (signal, own) in signals.iter().zip(residuals) {
        if !matches!(signal.role, Role::Measured { .. }) || own.count == 0 {
            continue;
        }
        let (inside, [low, high]) = own.coverage();
        let number = |x: f64| format!("{x:.4}");
        writeln!(
            to,
            "  {:24} {:>8} {:>12} {:>12} {:>12} {inside:>7.1} %   {low:.1} to {high:.1} %",
            signal.name,
            own.count,
            number(own.bias()),
            number(own.mae()),
            number(own.rmse())
        )?;
    }
    Ok(())
}
