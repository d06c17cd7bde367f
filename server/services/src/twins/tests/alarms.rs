//! What a twin finds of its asset, as an event that stays.

use twin::{Span, model::Signal, simulate::Simulator};
use wire::batch::{Entry, What};

use super::*;

const PLANT: &str = r#"
[[asset]]
id = "t1"
title = "T1"
model = "power-transformer"
signals = { load = { from = "load" }, ambient = { from = "ambient" }, top_oil = { from = "top_oil" }, hot_spot = { from = "hot_spot" } }
"#;
/// Two days of normal, and eight hours with a sensor of the oil that says four kelvins too much.
const NORMAL: i64 = 576;
const AFTER: i64 = 96;
const EVERY: Span = Span(5 * Span::MINUTE.0);

#[tokio::test]
async fn an_alarm_is_kept_once_with_its_cause_and_is_no_news_to_a_twin_that_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let model = |name: &str| std::fs::read_to_string(models.join(format!("{name}.toml")));
    let catalog = Arc::new(Catalog::parse(PLANT, model).unwrap());
    let (store, _) = Store::open(&folder.path().join("twinlight.db"), &catalog, NOW, |_| {}).unwrap();
    let pipeline = Pipeline::new(catalog.clone(), Arc::new(Clocks::start(&catalog, &[], NOW)), store.clone());
    let model = catalog.assets()[0].model.clone();
    let start = NOW - Span(EVERY.0 * (NORMAL + AFTER));
    let mut asset = Simulator::new(model.clone(), start, &[900.0, 15.0]);
    let (twins, unstarted) = channel(1);
    let thread = unstarted.start(catalog.clone(), store.clone(), Hub::new(1)).unwrap();
    for number in 0..NORMAL + AFTER {
        let t = start + Span(EVERY.0 * number);
        asset.advance(t, &[900.0, 15.0]);
        let mut measured = asset.measure(5);
        if number >= NORMAL {
            measured[2] += 4.0;
        }
        let item = |(signal, value): (&Signal, f64)| {
            let reading = Reading { t: Some(t), value, unit: None, quality: Quality::Good };
            Item { asset: "t1".into(), signal: signal.name.clone().into(), what: Told::Reading(reading), raw: "" }
        };
        let items = model.signals.iter().zip(measured).map(item).collect();
        let (origin, text) = (Origin { connector: "http", client: "test".into() }, Text::default());
        pipeline.accept(Delivery { origin, received_at: NOW, text: &text, items }).await.unwrap();
        twins.committed(0, store.stand(0).0);
    }
    let alarms = || {
        let batch = store.reader().unwrap().entries(0, (NORMAL * 4) as u64, 4_096).unwrap();
        let alarm = |entry: Entry| match entry.what {
            What::Event { kind, note, .. } if kind == "twin-alarm" => Some((entry.t, note)),
            _ => None,
        };
        batch.entries.into_iter().filter_map(alarm).collect::<Vec<_>>()
    };
    while twins.current(0).await.unwrap().seq < store.stand(0).0 || alarms().is_empty() {
        tokio::task::yield_now().await;
    }
    twins.stop().await;
    tokio::task::spawn_blocking(|| thread.join().unwrap()).await.unwrap();
    let told = alarms();
    let (t, note) = &told[0];
    assert!((0..20).contains(&((*t - start).0 / EVERY.0 - NORMAL)), "after {:?}", *t - start);
    assert!(note.starts_with("Top-oil temperature is ") && note.contains("Likely: "), "{note}");
    assert!(note.contains("the sensor of Top-oil temperature by +"), "{note}");

    let estimates = async || {
        // What the twins' thread has handed in comes first.
        store.write(|_| Ok(())).await.unwrap();
        store.reader().unwrap().estimates(0).unwrap()
    };
    let noted = estimates().await;
    let rise: Vec<_> = noted.iter().filter(|own| own.name == "rise_oil").collect();
    let hours = (NORMAL + AFTER) / 12;
    assert!((hours..=hours + 1).contains(&(rise.len() as i64)), "one an hour: {}", rise.len());
    assert!(
        rise.is_sorted_by(|one, next| one.t < next.t)
            && rise.iter().all(|own| own.low < own.mean && own.mean < own.high)
    );
    assert_eq!(noted.len(), 2 * rise.len());

    let newest = store.stand(0).0;
    let (reader, hub) = (store.reader().unwrap(), Hub::new(1));
    let (way, _) = channel(1);
    let followed = vec![Followed::anew(&catalog.assets()[0], newest)];
    let mut following = Following {
        catalog,
        store: store.clone(),
        hub,
        reader,
        followed,
        told: way.told.clone(),
        found: way.found.clone(),
        turn: 0,
    };
    while following.followed[0].seq < newest {
        following.advance(0);
    }
    assert!(!following.followed[0].twin.alarms().is_empty());
    assert!(way.found(0).unwrap().alarm.is_some(), "pages without a twin of their own are told, too");
    assert_eq!((store.stand(0).0, alarms()), (newest, told));
    assert_eq!(estimates().await, noted, "a twin that begins anew does not rewrite what was told");
}
