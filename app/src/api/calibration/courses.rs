//! Parameters over the last month, as twins estimated them hour by hour, with what was proposed and taken over: pictures that
//! need no script.

use std::fmt::Write;

use services::{
    calibration::{Kept, Verdict},
    catalog::Asset,
    store::estimates::Estimate,
};
use twin::{Timestamp, model::Latent};

use crate::{
    live::{calibration::words::shown, stretch::Stretch},
    plot::axis,
    wording::escaped,
};

use super::words::instant;

/// The picture, in its own units: it is stretched to its place.
const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 120.0;
const LEVELS: usize = 3;

/// One picture a parameter, in the model's order; `estimates` come by name and then by time.
pub fn html(asset: &Asset, estimates: &[Estimate], kept: &[Kept]) -> String {
    let mut html = String::new();
    for latent in &asset.model.latents {
        let own: Vec<&Estimate> = estimates.iter().filter(|estimate| estimate.name == latent.name).collect();
        if own.len() > 1 {
            html += &figure(latent, &own, kept);
        }
    }
    if html.is_empty() {
        return "<p class=\"calibration-list__none\">What the twin estimates is noted as each hour begins; there is nothing to \
                be drawn yet.</p>"
            .to_owned();
    }
    html
}

fn figure(latent: &Latent, own: &[&Estimate], kept: &[Kept]) -> String {
    let (first, last) = (own[0], own[own.len() - 1]);
    let stretch = Stretch::new(first.t, last.t);
    let low = own.iter().map(|own| own.low).fold(f64::INFINITY, f64::min);
    let high = own.iter().map(|own| own.high).fold(f64::NEG_INFINITY, f64::max);
    let axis = axis::value_axis(low, high, LEVELS);
    let x = |t: Timestamp| stretch.share(t) * WIDTH;
    let y = |value: f64| (axis.high - value) / (axis.high - axis.low) * HEIGHT;
    let path = |value: fn(&Estimate) -> f64| {
        let point = |own: &&Estimate| format!("{:.1} {:.1}", x(own.t), y(value(own)));
        own.iter().map(point).collect::<Vec<String>>()
    };
    let mut band = path(|own| own.high);
    band.extend(path(|own| own.low).into_iter().rev());
    let mut html = format!(
        "<figure class=\"calibration-list__course\"><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\"><path class=\"calibration-list__band\" d=\"M{}z\"/><path class=\"calibration-list__mean\" \
         d=\"M{}\"/>",
        band.join("L"),
        path(|own| own.mean).join("L")
    );
    let mut flags = Vec::new();
    for Kept { seq, t, proposal, verdict } in kept {
        let Some(finding) = proposal.findings.iter().find(|own| own.name == latent.name) else { continue };
        let (class, what) = match verdict {
            Verdict::Taken { .. } => ("taken", "taken over"),
            Verdict::Declined { .. } => ("declined", "declined"),
            Verdict::Open => ("open", "proposed"),
            Verdict::Outdated => ("declined", "of another model"),
        };
        let share = stretch.share(*t);
        if !(0.0..=1.1).contains(&share) {
            continue;
        }
        // Writing to a string does not fail.
        let _ = write!(
            html,
            "<path class=\"calibration-list__flag calibration-list__flag--{class}\" d=\"M{0:.1} 0V{HEIGHT}\"/>",
            (share * WIDTH).min(WIDTH)
        );
        flags.push(format!("proposal {seq}: {} ({what})", shown(finding.value, &latent.unit)));
    }
    let flags = if flags.is_empty() { String::new() } else { format!("; {}", flags.join(", ")) };
    let of = |own: &Estimate| {
        let (low, high) = (shown(own.low, "1"), shown(own.high, &latent.unit));
        format!("{} (90\u{a0}%: {low} to {high})", shown(own.mean, &latent.unit))
    };
    let _ = write!(
        html,
        "</svg><figcaption><strong>{}</strong>: {} on {}, {} on {}. Drawn from {} to {}{}.</figcaption></figure>",
        escaped(&latent.title),
        escaped(&of(first)),
        instant(first.t),
        escaped(&of(last)),
        instant(last.t),
        shown(axis.low, "1"),
        escaped(&shown(axis.high, &latent.unit)),
        escaped(&flags)
    );
    html
}

#[cfg(test)]
mod tests {
    use services::{
        calibration::{Finding, Proposal},
        catalog::Catalog,
    };

    use super::*;

    fn estimate(hour: i64, mean: f64) -> Estimate {
        let t = Timestamp(hour * 3_600_000_000);
        Estimate { name: "rise_oil".into(), t, low: mean - 2.0, mean, high: mean + 2.0 }
    }

    fn drawn(estimates: &[Estimate], kept: &[Kept]) -> String {
        let plant = "[[asset]]\nid = \"t\"\ntitle = \"T\"\nmodel = \"power-transformer\"";
        let model = include_str!("../../../../server/models/power-transformer.toml");
        let catalog = Catalog::parse(plant, |_| Ok(model.to_owned())).unwrap();
        html(&catalog.assets()[0], estimates, kept)
    }

    #[test]
    fn a_parameter_is_drawn_with_its_band_and_what_was_proposed() {
        let findings = vec![Finding { name: "rise_oil".into(), value: 71.0, within: 0.2, was: 66.0 }];
        let (from, to) = (Timestamp(0), Timestamp(1));
        let (by, model) = ("local".to_owned(), "00".to_owned());
        let proposal = Proposal { by, from, to, count: 9, before: 2.0, after: 1.0, model, findings };
        let t = Timestamp(5 * 3_600_000_000);
        let verdict = Verdict::Taken { by: "local".into(), reason: "so".into() };
        let html = drawn(&[estimate(0, 60.0), estimate(10, 66.0)], &[Kept { seq: 7, t, proposal, verdict }]);
        assert_eq!(html.matches("<figure").count(), 1, "the other parameter has no estimates");
        assert!(html.contains("calibration-list__flag--taken\" d=\"M500.0 0V120\""), "{html}");
        assert!(html.contains("60\u{a0}K (90\u{a0}%: 58 to 62\u{a0}K)"), "{html}");
        assert!(html.contains("proposal 7: 71\u{a0}K (taken over)"), "{html}");
    }

    #[test]
    fn before_the_second_hour_there_is_nothing_to_be_drawn() {
        assert!(drawn(&[estimate(0, 60.0)], &[]).contains("nothing to be drawn yet"));
    }
}
