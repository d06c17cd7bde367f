//! Proposals as a list: what was found, from what, by whom; whoever answers one says why.

use std::fmt::Write;

use services::{
    Services, StoreError,
    calibration::{self, Finding, Kept, Proposal, Verdict},
    catalog::Asset,
};
use twin::Timestamp;

use super::courses;
use crate::{
    live::calibration::words::shown,
    wording::{self, escaped},
};

/// More are read by nobody.
const MOST: usize = 20;

pub async fn list(services: &Services, number: usize) -> Result<String, StoreError> {
    let asset = &services.catalog.assets()[number];
    let kept = calibration::list(services, number).await?;
    let estimates = services.store.ask(move |reader| reader.estimates(number)).await?;
    let courses = courses::html(asset, &estimates, &kept);
    let items: String = kept.iter().take(MOST).map(|kept| item(asset, kept)).collect();
    let proposals = match items.as_str() {
        "" => "<p class=\"calibration-list__none\">None yet.</p>".to_owned(),
        items => format!("<ol>{items}</ol>"),
    };
    Ok(format!("{proposals}<h2>Parameters over time</h2>{courses}"))
}

fn item(asset: &Asset, kept: &Kept) -> String {
    let Kept { seq, t, proposal, verdict } = kept;
    let Proposal { by, from, to, count, before, after, model, findings } = proposal;
    let (state, class) = match verdict {
        Verdict::Open => ("open".to_owned(), "open"),
        Verdict::Taken { by, reason } => {
            let (by, reason) = (escaped(by), escaped(reason));
            if *model == wire::taken::short(&asset.model) {
                (format!("taken over by {by}: {reason}"), "taken")
            } else {
                (
                    format!("taken over by {by}: {reason}; set aside since the model\u{2019}s file was changed"),
                    "outdated",
                )
            }
        }
        Verdict::Declined { by, reason } => (format!("declined by {}: {}", escaped(by), escaped(reason)), "declined"),
        Verdict::Outdated => ("of another model than the asset has today".to_owned(), "outdated"),
    };
    let mut html = format!(
        "<li class=\"calibration-list__one calibration-list__one--{class}\" data-proposal=\"{seq}\"><h3>Proposal {seq}, {}, by \
         {}</h3><p class=\"calibration-list__state\">{state}</p><div class=\"number-table\" tabindex=\"0\" \
         role=\"region\" aria-label=\"Parameters of proposal {seq}\"><table><thead><tr><th scope=\"col\">Parameter</th><th \
         scope=\"col\">Was</th><th scope=\"col\">Proposed, within 90\u{a0}%</th></tr></thead><tbody>",
        instant(*t),
        escaped(by)
    );
    for finding in findings {
        html += &row(asset, finding);
    }
    // Writing to a string does not fail.
    let _ = write!(
        html,
        "</tbody></table></div><p class=\"calibration-list__note\">Found over {} \u{2013} {}, {} measurements that differ by {} \
         standard deviations of their sensors, {} before; model {}.</p>",
        instant(*from),
        instant(*to),
        wording::count(*count),
        shown(rounded(*after), "1"),
        shown(rounded(*before), "1"),
        escaped(model)
    );
    let button = |step: &str, title: &str, main: &str| {
        format!(
            "<button type=\"button\" class=\"button{main}\" data-step=\"{step}\" aria-label=\"{title} proposal {seq}\">{title}\
             </button>"
        )
    };
    let take = match verdict {
        Verdict::Open => button("take", "Take over", " button--main"),
        _ => String::new(),
    };
    if matches!(verdict, Verdict::Open | Verdict::Outdated) {
        let _ = write!(
            html,
            "<p class=\"calibration-list__answer\"><label for=\"reason-{seq}\">Reason</label><input type=\"text\" class=\"field\" \
             id=\"reason-{seq}\" name=\"reason\" maxlength=\"500\" autocomplete=\"off\">{take}{}</p>",
            button("decline", "Decline", "")
        );
    }
    html + "</li>"
}

fn row(asset: &Asset, finding: &Finding) -> String {
    let Finding { name, value, within, was } = finding;
    let latent = asset.model.latent(name).map(|number| &asset.model.latents[usize::from(number)]);
    let (title, unit) = latent.map_or((name.as_str(), "1"), |latent| (&latent.title, &latent.unit));
    format!(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{} \u{b1} {}</td></tr>",
        escaped(title),
        escaped(&shown(*was, unit)),
        escaped(&shown(*value, "1")),
        escaped(&shown(rounded(*within), unit))
    )
}

/// What something is unsure by, or off by, to two digits that count.
fn rounded(x: f64) -> f64 {
    format!("{x:.1e}").parse().unwrap_or(x)
}

/// An instant that the page writes as its user does.
pub(super) fn instant(t: Timestamp) -> String {
    format!("<time data-micros=\"{}\">{}</time>", t.0, wording::iso_instant(t))
}

#[cfg(test)]
mod tests {
    use services::catalog::Catalog;

    use super::*;

    /// That of a proposal for the model of today, or for another one.
    fn item_of(verdict: Verdict, other: Option<&str>) -> String {
        let plant = "[[asset]]\nid = \"t\"\ntitle = \"T\"\nmodel = \"power-transformer\"";
        let model = include_str!("../../../../server/models/power-transformer.toml");
        let catalog = Catalog::parse(plant, |_| Ok(model.to_owned())).unwrap();
        let findings = vec![Finding { name: "rise_oil".into(), value: 71.03, within: 0.16, was: 60.0 }];
        let (from, to) = (Timestamp(0), Timestamp(3_600_000_000));
        let today = wire::taken::short(&catalog.assets()[0].model);
        let (by, model) = ("<local>".to_owned(), other.map_or(today, str::to_owned));
        let proposal = Proposal { by, from, to, count: 1_288, before: 5.3, after: 1.02, model, findings };
        item(&catalog.assets()[0], &Kept { seq: 7, t: to, proposal, verdict })
    }

    #[test]
    fn an_open_proposal_is_taken_over_or_declined_with_a_reason() {
        let html = item_of(Verdict::Open, None);
        assert!(html.contains("data-step=\"take\"") && html.contains("data-step=\"decline\""), "{html}");
        assert!(html.contains("71.03 \u{b1} 0.16\u{a0}K") && html.contains("1,288 measurements"), "{html}");
        assert!(html.contains("by &lt;local&gt;"), "{html}");
    }

    #[test]
    fn what_is_answered_says_by_whom_and_why_and_what_is_old_cannot_be_taken_over() {
        let taken = Verdict::Taken { by: "local".into(), reason: "new <oil>".into() };
        let html = item_of(taken.clone(), None);
        assert!(html.contains("taken over by local: new &lt;oil&gt;</p>") && !html.contains("data-step"), "{html}");
        let html = item_of(taken, Some("0a1b"));
        assert!(html.contains("new &lt;oil&gt;; set aside since") && html.contains("one--outdated"), "{html}");
        let html = item_of(Verdict::Outdated, Some("0a1b"));
        assert!(!html.contains("data-step=\"take\"") && html.contains("data-step=\"decline\""), "{html}");
    }
}
