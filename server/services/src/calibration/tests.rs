//! Proposals that are kept, answered once, and taken over by every twin at the same entry.

use serde_json::json;
use twin::Twin;

use super::*;
use crate::{
    ingest::{self, Text},
    testing::{NOW, Plant},
};

const PLANT: &str = r#"
[[asset]]
id = "c1"
title = "C1"
model = "li-ion-cell"
signals = { voltage = { from = "voltage" }, current = { from = "current" } }
"#;

async fn plant() -> Plant {
    let reading = |n: i64| json!({ "asset": "c1", "signal": "voltage", "t": NOW.0 - n * 1_000_000, "v": 3.7 });
    Plant::told(PLANT, (1..40).rev().map(reading).collect()).await
}

fn model(plant: &Plant) -> std::sync::Arc<Model> {
    plant.services.catalog.assets()[0].model.clone()
}

/// The first calibrated parameter of the model, half-way between its bounds.
fn finding(model: &Model) -> Finding {
    let latent = twin::calibrate::parameters(model)[0];
    let [low, high] = model.bounds(latent);
    let name = model.latents[usize::from(latent)].name.clone();
    Finding { name, value: 0.5 * (low + high) + 1e-9, within: 0.012_345_678, was: low }
}

fn proposal(model: &Model) -> Proposal {
    Proposal {
        by: "local".into(),
        from: NOW - Span::HOUR,
        to: NOW,
        count: 39,
        before: 5.25,
        after: 1.02,
        model: taken::short(model),
        findings: vec![finding(model)],
    }
}

async fn give(plant: &Plant, seq: u64, how: Answer, reason: &str) -> Result<(), CalibrationError> {
    answer(&plant.services, 0, seq, how, ("local", reason), NOW).await
}

fn said<T: std::fmt::Debug>(result: Result<T, CalibrationError>) -> String {
    result.unwrap_err().to_string()
}

#[tokio::test]
async fn what_was_taken_over_reaches_the_twin_as_an_entry_and_is_told_with_who_and_why() {
    let plant = plant().await;
    let model = model(&plant);
    let seq = propose(&plant.services, 0, proposal(&model), NOW).await.unwrap();
    assert_eq!(seq, 40);
    let listed = list(&plant.services, 0).await.unwrap();
    let Kept { proposal: kept, verdict, .. } = &listed[0];
    assert_eq!((verdict, kept.by.as_str(), kept.count, kept.to), (&Verdict::Open, "local", 39, NOW));
    assert_eq!(kept.findings[0].within, 0.012_345_7, "as many digits as were ever found");
    give(&plant, seq, Answer::Take, " a new cell; at last ").await.unwrap();
    let told = plant.services.store.ask(|reader| reader.events(0, &[])).await.unwrap();
    let newest = NOW - Span::SECOND;
    assert_eq!(told.iter().map(|event| event.t).collect::<Vec<_>>(), [newest; 2], "question and answer have one clock");
    let verdict = Verdict::Taken { by: "local".into(), reason: "a new cell; at last".into() };
    assert_eq!(list(&plant.services, 0).await.unwrap()[0].verdict, verdict);

    let batch = plant.services.hindsight.entries(0, crate::twins::hindsight::Begin::After(0), 100).await.unwrap();
    assert_eq!(batch.last_seq(), 41);
    let told: Vec<_> = batch.entries.iter().filter_map(|entry| entry.observed(&model)).collect();
    let mut twin = Twin::new(model.clone(), plant.services.catalog.assets()[0].seed());
    twin.observe(&told);
    let latent = model.latent(&kept.findings[0].name).unwrap();
    let band = twin.latents()[usize::from(latent)];
    assert!((band.mean - kept.findings[0].value).abs() < 1e-9, "{band:?}");
    // The server's own is the same, and so is one of the past.
    let current = loop {
        let current = plant.services.twins.current(0).await.unwrap();
        if current.seq == 41 {
            break current;
        }
        tokio::task::yield_now().await;
    };
    let past = plant.services.hindsight.after(0, 41).await.unwrap();
    for frame in [current.frame, past.frame] {
        let Ok(wire::ServerFrame::Checkpoint { hash, .. }) = wire::decode(&frame) else { panic!("no checkpoint") };
        assert_eq!(hash, twin.hash());
    }
    plant.stop().await;
}

#[tokio::test]
async fn a_proposal_is_answered_once_and_with_a_reason() {
    let plant = plant().await;
    let seq = propose(&plant.services, 0, proposal(&model(&plant)), NOW).await.unwrap();
    assert_eq!(said(give(&plant, seq, Answer::Decline, "  ").await), "a reason has 1 to 500 bytes");
    assert_eq!(said(give(&plant, 7, Answer::Decline, "no").await), "there is no proposal 7");
    give(&plant, seq, Answer::Decline, "the window was odd").await.unwrap();
    assert_eq!(said(give(&plant, seq, Answer::Take, "after all").await), format!("proposal {seq} is answered already"));
    let verdict = Verdict::Declined { by: "local".into(), reason: "the window was odd".into() };
    assert_eq!(list(&plant.services, 0).await.unwrap()[0].verdict, verdict);
    plant.stop().await;
}

#[tokio::test]
async fn what_the_model_cannot_be_is_not_proposed() {
    let plant = plant().await;
    let model = model(&plant);
    let refused = async |change: &dyn Fn(&mut Proposal)| {
        let mut proposal = proposal(&model);
        change(&mut proposal);
        said(propose(&plant.services, 0, proposal, NOW).await)
    };
    assert!(refused(&|own| own.model = "00".into()).await.starts_with("the asset has another model by now"));
    assert!(refused(&|own| own.to = own.from).await.starts_with("the window ends"));
    assert!(refused(&|own| own.findings.clear()).await.starts_with("between 1 and 32"));
    assert!(refused(&|own| own.findings[0].name = "soc".into()).await.contains("no calibrated parameter `soc`"));
    assert!(refused(&|own| own.findings.push(own.findings[0].clone())).await.contains("no calibrated parameter"));
    assert!(refused(&|own| own.findings[0].value = 1e9).await.contains("is between"));
    assert!(refused(&|own| own.findings[0].within = f64::NAN).await.starts_with("`within`"));
    assert!(refused(&|own| own.after = f64::INFINITY).await.starts_with("`after`"));
    assert!(refused(&|own| own.before = 1e308).await.starts_with("`before` is between 0 and"));
    assert!(refused(&|own| own.findings[0].was = 1e300).await.starts_with("`was` is between"));
    assert!(refused(&|own| own.findings[0].within = 1e300).await.starts_with("`within` is between"));
    assert!(refused(&|own| own.count = 0).await.starts_with("`count` is between 1 and"));
    assert!(refused(&|own| own.count = u64::MAX).await.starts_with("`count` is between 1 and"));
    assert_eq!(refused(&|own| own.to = NOW + Span::DAY).await, "the window ends after now");
    assert_eq!(list(&plant.services, 0).await.unwrap(), []);
    plant.stop().await;
}

#[tokio::test]
async fn nobody_takes_anything_over_by_sending_an_event() {
    let plant = plant().await;
    let model = model(&plant);
    let Finding { name, value, .. } = &finding(&model);
    let id = Taken { proposal: 1, name, value: *value, deviation: 0.1 }.id(&model);
    let text = Text::from(bytes::Bytes::from(json!({ "asset": "c1", "id": id, "kind": taken::KIND }).to_string()));
    plant.take(&text, ingest::http::events(&text).unwrap()).await;
    let batch = plant.services.hindsight.entries(0, crate::twins::hindsight::Begin::After(39), 100).await.unwrap();
    assert_eq!(batch.entries, []);
    plant.stop().await;
}

#[test]
fn a_note_is_read_back_as_it_was_written() {
    let model = Model::parse(include_str!("../../../models/power-transformer.toml")).unwrap();
    let one = |name: &str| Finding { name: name.into(), value: 71.03, within: 0.16, was: -1e-7 };
    let findings = vec![one("rise_oil"), one("gradient")];
    let kept = Proposal { findings, model: taken::short(&model), from: Timestamp(1_500_001), ..proposal(&model) };
    let note = note::write(&kept, &model);
    assert!(note.starts_with("rise_oil = 71.03 \u{b1} 0.16 K (was -0.0000001), gradient = "), "{note}");
    assert_eq!(note::read(&note), Some(kept));
    assert_eq!(note::read("by hand"), None);
}

#[test]
fn an_id_says_to_twins_of_its_own_model_what_became_of_a_parameter_and_to_no_others() {
    let [transformer, cell] =
        [include_str!("../../../models/power-transformer.toml"), include_str!("../../../models/li-ion-cell.toml")]
            .map(|text| Model::parse(text).unwrap());
    let taken = Taken { proposal: 7, name: "rise_oil", value: 71.03, deviation: 1e-7 };
    let id = taken.id(&transformer);
    assert_eq!(Taken::read(&id, &transformer), Some(taken));
    assert_eq!(Taken::read(&id, &cell), None);
    let latent = transformer.latent("rise_oil").unwrap();
    assert_eq!(taken.told(&transformer), Some(What::Calibrated { latent, value: 71.03, deviation: 1e-7 }));
    assert_eq!(taken.told(&cell), None);
    for wrong in ["", "calibration-taken", &id[1..], &format!("{id}/"), &id.replace('7', "x")] {
        assert_eq!(Taken::read(wrong, &transformer), None, "{wrong}");
    }
}
