//! `twinlight calibrate`: which parameters make a model do what a recording says. It proposes; no file and no twin changes.

use std::{
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, bail};
use services::survey::Findings;
use twin::{
    Model,
    calibrate::{self, Fit, Fitted},
    model::{LatentKind, Role, nearest},
};

use crate::{
    config::Config,
    recorded::{self, Recorded},
    terminal::{self, Progress},
    wording::{self, five_digits, with_unit},
};

/// Two that are correlated more cannot be told apart.
const ALIKE: f64 = 0.95;
/// Differences beyond this many standard deviations of their sensors are said to be no good fit.
const MISFIT: f64 = 1.5;

#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    #[command(flatten)]
    pub of: recorded::Source,
    /// A calibrated parameter to find, or a state, which is found as it begins; all calibrated parameters without this.
    /// May be given several times.
    #[arg(long = "find", value_name = "NAME")]
    pub find: Vec<String>,
}

pub async fn run(config: &Config, options: Options) -> anyhow::Result<()> {
    let models = config.plant.models.clone();
    let (recorded, fit) = terminal::until_done(move |progress| propose(&models, &options, progress)).await??;
    terminal::print(|to| all(&recorded, &fit, to))
}

/// Reads what is asked for and fits.
fn propose(models: &Path, options: &Options, progress: &Progress) -> anyhow::Result<(Recorded, Fit)> {
    let recorded = recorded::read(models, &options.of, progress)?;
    let model = &recorded.model;
    let latents = match &options.find[..] {
        [] => match calibrate::parameters(model) {
            none if none.is_empty() => bail!(
                "nothing of `{}` can be calibrated: its file says `calibrate = true` of no parameter{}",
                model.title,
                if model.latents.is_empty() { "" } else { ", and `--find` names no state" }
            ),
            all => all,
        },
        names => names.iter().map(|name| number(model, name)).collect::<anyhow::Result<_>>()?,
    };
    progress.count("rounds of fitting");
    let fit = calibrate::fit(model, &recorded.judged.entries, &latents, || {
        progress.add(1);
        !progress.is_stopped()
    })?;
    Ok((recorded, fit))
}

/// Says what of the recording is not followed, and what fits the rest.
fn all(Recorded { model, judged }: &Recorded, fit: &Fit, to: &mut dyn Write) -> io::Result<()> {
    recorded::told(judged, to)?;
    holes(model, &judged.findings, to)?;
    print(model, fit, to)
}

fn number(model: &Model, name: &str) -> anyhow::Result<u16> {
    let names = model.latents.iter().map(|latent| latent.name.as_str());
    let place = model.latents.iter().position(|latent| latent.name == name);
    let place = place.with_context(|| nearest::unknown("calibrated parameter or state", name, names))?;
    Ok(place as u16)
}

/// Names what was not measured for long.
fn holes(model: &Model, findings: &Findings, to: &mut dyn Write) -> io::Result<()> {
    for ((_, signal), found) in &findings.signals {
        let (count, longest) = found.spacing.holes();
        if let (Some(signal), 1..) = (model.signals.get(usize::from(*signal)), count) {
            let longest = wording::short(longest);
            let stays = if matches!(signal.role, Role::Input { .. }) { "; it is taken to stay meanwhile" } else { "" };
            writeln!(to, "holes of `{}`: {count}, the longest {longest}{stays}", signal.name)?;
        }
    }
    Ok(())
}

fn print(model: &Model, fit: &Fit, to: &mut dyn Write) -> io::Result<()> {
    let names = fit.parameters.iter().map(|fitted| model.latents[usize::from(fitted.latent)].name.chars().count());
    let width = names.fold(24, usize::max);
    writeln!(
        to,
        "{}: {} measurements, {} rounds; they differ by {:.3} standard deviations of their sensors, {:.3} before",
        model.title, fit.count, fit.rounds, fit.after, fit.before
    )?;
    writeln!(to, "  {:width$} {:>16} {:>16} {:>14}  ", "find", "in the file", "fits", "90 % within")?;
    for fitted in &fit.parameters {
        let latent = &model.latents[usize::from(fitted.latent)];
        let begins = if latent.kind == LatentKind::State { " at the start" } else { "" };
        let within = fitted.error.map_or("unknown".to_owned(), |error| format!("\u{b1}{}", five_digits(1.645 * error)));
        writeln!(
            to,
            "  {:width$} {:>16} {:>16} {within:>14}  {}{begins}{}",
            latent.name,
            five_digits(fitted.before),
            five_digits(fitted.value),
            with_unit("", &latent.unit).trim_start(),
            remark(model, fitted)
        )?;
    }
    if !fit.is_settled {
        writeln!(to, "not settled: other values may fit better")?;
    }
    if fit.after > MISFIT {
        writeln!(
            to,
            "no good fit: of a model that fits they differ by about 1. Intervals are {:.1} times as wide for it, and too narrow \
             where differences follow one another",
            fit.after
        )?;
    }
    writeln!(to, "proposed: nothing is changed. The intervals are those of independent measurements.")
}

fn remark(model: &Model, fitted: &Fitted) -> String {
    let mut remarks = Vec::new();
    if fitted.error.is_none() {
        remarks.push("the recording says nothing of it".to_owned());
    }
    if fitted.is_bound {
        remarks.push("at its bound".to_owned());
    }
    if let Some((other, correlation)) = fitted.like.filter(|(_, correlation)| correlation.abs() > ALIKE) {
        let other = &model.latents[usize::from(other)].name;
        remarks.push(format!("hardly told from `{other}` (correlation {correlation:.2})"));
    }
    if remarks.is_empty() { String::new() } else { format!("; {}", remarks.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_names_what_was_found_and_what_the_recording_does_not_say() {
        let folder = tempfile::tempdir().unwrap();
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let file = folder.path().join("readings.csv");
        // An oil that stands 60 K above its surroundings at 1500 A, and 45 K where the file says 60.
        let rows: String = (0..400)
            .map(|n| {
                let hot = 20.0 + 45.0 * (1.0 - f64::exp(-f64::from(n) / 40.0));
                format!("2026-01-{:02}T{:02}:{:02}:00Z,1500,20,{hot:.1}\n", 1 + n / 288, n / 12 % 24, n % 12 * 5)
            })
            .collect();
        std::fs::write(&file, format!("t,load,ambient,top_oil\n{rows}")).unwrap();
        let of = recorded::Source {
            file: Some(models.join("power-transformer.toml")),
            readings: Some(file),
            plant: None,
            asset: None,
            precision: None,
        };
        let mut said = Vec::new();
        let options = Options { of, find: vec!["rise_oil".into(), "gradient".into()] };
        let progress = Progress::default();
        let (recorded, fit) = propose(&models, &options, &progress).unwrap();
        all(&recorded, &fit, &mut said).unwrap();
        assert_eq!(progress.to_string(), format!("rounds of fitting: {}", fit.rounds));
        let said = String::from_utf8(said).unwrap();
        let line = |name: &str| said.lines().find(|line| line.trim_start().starts_with(name)).unwrap().to_owned();
        let found: f64 = line("rise_oil").split_whitespace().nth(2).unwrap().parse().unwrap();
        assert!((35.0..50.0).contains(&found), "{said}");
        assert!(line("gradient").contains("the recording says nothing of it"), "{said}");
        let wrong = Options { find: vec!["rise_oli".into()], ..options };
        let error = propose(&models, &wrong, &progress).unwrap_err().to_string();
        assert!(error.contains("`rise_oil`"), "{error}");
    }
}
