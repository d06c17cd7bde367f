//! What was learned as part of a twin: rows and states.

mod wrong;

use std::sync::Arc;

use twin::{
    Entry, Model, PackedError, Span, Timestamp, Twin, What,
    detect::{Change, words},
    gauge::{Kind, Learnt, Seal},
};

use super::{
    following::{CELL, telemetry},
    learned::samples,
    streams::keeping::one_of_each,
};

const START: Timestamp = Timestamp(1_200_000_000_000_000);

/// A model of so many bare channels, `more` being what it has learned from the file `it.sealed`.
fn text(channels: usize, more: &str) -> String {
    let mut text = String::from(
        "id = \"gauged\"\ntitle = \"Gauged\"\nsource = \"made for tests\"\nstep = \"1 s\"\nhorizon = \"10 min\"\n\
         headline = \"c0\"\n[input]\n",
    );
    for channel in 0..channels {
        text += &format!("c{channel} = {{ unit = \"1\", range = [-1e9, 1e9], future = \"hold\" }}\n");
    }
    let inputs: Vec<String> = (0..channels).map(|channel| format!("\"c{channel}\"")).collect();
    text + &more.replace("INPUTS", &format!("[{}]", inputs.join(", ")))
}

fn read(text: &str, sealed: &[u8]) -> Result<Arc<Model>, Vec<String>> {
    let beside = |name: &str| (name == "it.sealed").then(|| sealed.to_vec());
    let said = |errors: Vec<twin::model::ModelError>| errors.into_iter().map(|error| error.message).collect();
    Model::parse_beside(text, &beside).map(Arc::new).map_err(said)
}

const BLOCK: &str = "[learned.it]\nsealed = \"it.sealed\"\ninputs = INPUTS\nevery = \"10 s\"\n";

/// Everything that can be sealed: bytes, channels, and what its block says besides.
fn all() -> Vec<(Kind, Vec<u8>, usize, &'static str)> {
    let learned = samples::all().into_iter().zip([Kind::Life, Kind::Outlook, Kind::Fade, Kind::Soft]);
    let kinds = [Kind::Pattern, Kind::Level, Kind::Innovation, Kind::Sensor, Kind::Window];
    let more = |kind| match kind {
        Kind::Soft => "unit = \"1\"\nreference = \"c1\"\n",
        Kind::Sensor => "unit = \"1\"\nreference = \"c0\"\n",
        Kind::Window => "states = { 3 = \"worn\", 20 = \"fair\", 100 = \"new\" }\nnormal = 100\n",
        _ => "",
    };
    let learned = learned.map(|(learned, kind)| (kind, learned.seal().unwrap(), learned.inputs().len(), more(kind)));
    let detectors = one_of_each().into_iter().zip(kinds);
    let detectors = detectors.map(|((own, _), kind)| (kind, own.to_bytes(), own.channels(), more(kind)));
    learned.chain(detectors).collect()
}

fn models(row: &str) -> Vec<(Kind, Arc<Model>)> {
    let model = |(kind, sealed, channels, more): (Kind, Vec<u8>, usize, &str)| {
        let text = text(channels, &format!("{BLOCK}{more}{row}"));
        (kind, read(&text, &sealed).unwrap_or_else(|errors| panic!("{kind:?}: {errors:#?}")))
    };
    all().into_iter().map(model).collect()
}

/// Rows every ten seconds with a pause of a minute; of some rows a number is missing, and some come in two instants.
fn rows(model: &Model, count: i64) -> Vec<Entry> {
    let mut entries = Vec::new();
    for row in 0..count {
        let t = START + Span(10 * row * Span::SECOND.0 + if row > count / 2 { Span::MINUTE.0 } else { 0 });
        for signal in 0..model.signals.len() as u16 {
            if row % 7 == 3 && i64::from(signal) == row % 4 {
                continue;
            }
            let value = 20.0 + f64::from(signal) + ((row * row) % 13) as f64 * 0.3;
            let t = if row % 5 == 1 && signal > 0 { t + Span::SECOND } else { t };
            entries.push(Entry { t, what: What::Sample { signal, value } });
        }
    }
    entries.sort_by_key(|entry| entry.t);
    entries
}

fn told(model: &Arc<Model>, batches: &[&[Entry]]) -> Twin {
    let mut twin = Twin::new(model.clone(), 42);
    batches.iter().for_each(|batch| twin.observe(batch));
    twin
}

fn check(row: &str) {
    for (kind, model) in models(row) {
        let entries = rows(&model, 240);
        let whole = told(&model, &[&entries]);
        assert!(whole.learned()[0].at.is_some(), "{kind:?}");
        for size in [1, 3, 50] {
            let batches: Vec<&[Entry]> = entries.chunks(size).collect();
            assert_eq!(told(&model, &batches).hash(), whole.hash(), "{kind:?}, batches of {size}");
        }
        for split in [0, 1, entries.len() / 3, entries.len() - 2] {
            let checkpoint = told(&model, &[&entries[..split]]).checkpoint();
            let mut twin = Twin::restore(model.clone(), &checkpoint.bytes).unwrap();
            assert_eq!((twin.hash(), twin.checkpoint()), (checkpoint.hash, checkpoint.clone()), "{kind:?}");
            twin.observe(&entries[split..]);
            assert_eq!((twin.hash(), twin.learned()), (whole.hash(), whole.learned()), "{kind:?} after {split}");
        }
        let (from, to) = (entries.len() - 31, entries.len() - 7);
        let mut shuffled = entries.clone();
        shuffled[from..].rotate_left(to - from);
        let late = told(&model, &[&shuffled]);
        assert_eq!(late.hash(), whole.hash(), "{kind:?} came late");
        assert!(late.counts().rerun > 0);
        assert_eq!(told(&model, &shuffled.chunks(1).collect::<Vec<_>>()).hash(), whole.hash(), "{kind:?} one by one");
        let packed = Arc::new(Model::unpack(&model.pack()).unwrap());
        assert_eq!(told(&packed, &[&entries]).hash(), whole.hash(), "{kind:?} as pages have it");
        assert_eq!(packed.pack(), model.pack());
    }
}

#[test]
fn a_model_opens_with_what_its_own_gauges_learned_and_nothing_else() {
    for (kind, model) in models("") {
        let (closed, sealed) = (model.pack_closed(), model.gauges[0].sealed());
        assert!(closed.len() + sealed.len() < model.pack().len() + 2, "{kind:?}");
        let unopened = Model::unpack_closed(&closed).unwrap();
        assert!(!unopened.is_open() && unopened.gauges[0].sealed().is_empty(), "{kind:?}");
        assert_eq!(unopened.gauges[0].seal, Seal::of(sealed), "{kind:?}");
        assert_eq!(unopened.pack(), closed, "{kind:?}");

        let opened = Arc::new(Model::unpack_with(&closed, vec![sealed.to_vec()]).unwrap());
        assert_eq!(opened.pack(), model.pack(), "{kind:?}");
        let entries = rows(&model, 60);
        assert_eq!(told(&opened, &[&entries]).hash(), told(&model, &[&entries]).hash(), "{kind:?}");

        let mut damaged = sealed.to_vec();
        damaged[sealed.len() / 2] ^= 1;
        for other in [Vec::new(), damaged] {
            let refused = PackedError::Malformed("a gauge with what another learned");
            assert_eq!(Model::unpack_with(&closed, vec![other]).unwrap_err(), refused, "{kind:?}");
        }
        assert!(Model::unpack(&closed).is_err() && Model::unpack_with(&closed, Vec::new()).is_err(), "{kind:?}");
    }
}

#[test]
fn what_a_gauge_read_depends_on_the_entries_alone() {
    check("");
}

#[test]
fn so_it_does_where_rows_are_counted() {
    check("row = \"cycle\"\n");
}

/// Samples of all channels at `secs` after the start.
fn row(secs: f64, values: &[f64]) -> Vec<Entry> {
    let t = START + Span::from_secs(secs);
    let sample =
        |(signal, value): (usize, &f64)| Entry { t, what: What::Sample { signal: signal as u16, value: *value } };
    values.iter().enumerate().filter(|(_, value)| value.is_finite()).map(sample).collect()
}

fn life() -> Arc<Model> {
    read(&text(4, BLOCK), &samples::life().seal().unwrap()).unwrap()
}

#[test]
fn a_row_is_read_once_all_of_it_has_come_or_another_begins() {
    let learned = samples::life();
    let rows = [[0.1, 1.0, 5.0, 4.0], [0.2, 2.0, f64::NAN, 4.5], [10.0, 3.0, 5.5, 5.0]];
    let expected = |rows: &[[f64; 4]]| {
        let mut course = learned.begin(0);
        rows.iter().for_each(|row| learned.step(&mut course, row));
        learned.remaining_life(&course)
    };
    let mut twin = told(&life(), &[]);
    assert_eq!(twin.learned(), []);
    twin.observe(&row(0.0, &rows[0][..3]));
    assert_eq!(twin.learned(), [Learnt::default()], "one number is missing");
    twin.observe(&[Entry { t: START + Span::SECOND, what: What::Sample { signal: 3, value: 4.0 } }]);
    assert_eq!(twin.learned()[0].remaining, expected(&rows[..1]));
    twin.observe(&row(5.0, &[9.0; 4]));
    assert_eq!(twin.learned()[0].remaining, expected(&rows[..1]), "of each number the first of a row counts");
    twin.observe(&row(10.0, &rows[1]));
    assert_eq!(twin.learned()[0].remaining, expected(&rows[..1]), "it may still come");
    twin.observe(&row(20.0, &rows[2]));
    assert_eq!(twin.learned()[0].remaining, expected(&rows));
    assert_eq!(twin.learned()[0].at, Some(START + Span::from_secs(20.0)));
}

#[test]
fn rows_that_no_clock_had_are_missing_and_those_that_nobody_counted_are_not() {
    let twin::learned::Kind::Life(life) = samples::life().kind().clone() else { panic!() };
    let uncapped = twin::learned::Kind::Life(twin::learned::life::Life { cap: 1e6, ..life });
    let learned = twin::learned::Learned::new(samples::names(4), uncapped).unwrap();
    let model = |row: &str| read(&text(4, &format!("{BLOCK}{row}")), &learned.seal().unwrap()).unwrap();
    let remaining = |missing: usize| {
        let mut course = learned.begin(0);
        learned.step(&mut course, &[0.1, 1.0, 5.0, 4.0]);
        (0..missing).for_each(|_| learned.step(&mut course, &[f64::NAN; 4]));
        learned.step(&mut course, &[0.1, 1.0, 4.0, 4.0]);
        learned.remaining_life(&course)
    };
    let rows = [row(0.0, &[0.1, 1.0, 5.0, 4.0]), row(40.0, &[0.1, 1.0, 4.0, 4.0])].concat();
    assert_eq!(told(&model(""), &[&rows]).learned()[0].remaining, remaining(3));
    assert_eq!(told(&model("row = \"flight\"\n"), &[&rows]).learned()[0].remaining, remaining(0));
    assert_ne!(remaining(3), remaining(0));
}

#[test]
fn a_signal_is_read_in_the_unit_in_which_it_was_learned() {
    let sealed = samples::fade().seal().unwrap();
    let in_units = |unit: &str, scale: f64| {
        let text =
            text(2, &format!("{BLOCK}in = {{ c0 = \"{unit}\" }}\n")).replacen("unit = \"1\"", "unit = \"mA.h\"", 1);
        let rows: Vec<Entry> = (0..9).flat_map(|n| row(10.0 * f64::from(n), &[scale * 1.9, 3.0])).collect();
        told(&read(&text, &sealed).unwrap(), &[&rows]).learned()[0].remaining.unwrap().middle
    };
    assert!((in_units("A.h", 1_000.0) - in_units("mA.h", 1.0)).abs() < 1e-9);
}

#[test]
fn a_forecast_is_in_the_units_of_the_signals() {
    let model = models("").into_iter().find(|(kind, _)| *kind == Kind::Outlook).unwrap().1;
    let twin = told(&model, &[&rows(&model, 60)]);
    let learned = samples::outlook();
    let ahead = twin.forecast(0);
    assert_eq!((ahead.len(), ahead[0].len()), (learned.inputs().len(), 5));
    assert!(ahead.iter().flatten().all(|one| one.low <= one.middle && one.middle <= one.high), "{ahead:?}");
    assert_eq!(twin.forecast(1), Vec::<Vec<_>>::new());
}

#[test]
fn a_reference_corrects_what_no_sensor_reads() {
    let model = models("").into_iter().find(|(kind, _)| *kind == Kind::Soft).unwrap().1;
    let rows = |count: i64| rows(&model, count);
    let said = told(&model, &[&rows(60)]).learned()[0].estimate.unwrap();
    assert!((15.0..30.0).contains(&said), "the reference reads some 22: {said}");
    assert_eq!((model.gauges[0].unit.as_str(), model.gauges[0].kind), ("1", Kind::Soft));
}

#[test]
fn what_a_gauge_finds_is_an_alarm_that_ends() {
    let (detector, unseen) = one_of_each().remove(1);
    let model = read(&text(5, BLOCK), &detector.to_bytes()).unwrap();
    let mut twin = told(&model, &[]);
    let mut found = None;
    for (index, values) in unseen.iter().enumerate() {
        twin.observe(&row(10.0 * index as f64, values));
        found = found.or_else(|| twin.alarms().first().map(|alarm| (index, *alarm)));
    }
    let (index, alarm) = found.expect("the third channel moves after 500 rows");
    assert!((500..540).contains(&index), "found at {index}");
    assert_eq!((alarm.change, alarm.signal, alarm.state), (Change::Learned(0), Some(2), None));
    assert!(alarm.began <= alarm.found && alarm.ratio > 1.0);
    assert_eq!(twin.all_alarms(), twin.alarms());
    let words = words::finding(&model, &alarm);
    assert!(words.starts_with("C2 is not as learned: 1") && words.ends_with(" times its limit"), "{words}");
    let learnt = &twin.learned()[0];
    assert_eq!((learnt.signal, learnt.found), (Some(2), Some(alarm.found)));
}

#[test]
fn a_state_that_is_not_normal_is_an_alarm_by_its_title() {
    let (detector, unseen) = one_of_each().remove(4);
    let more = "states = { 3 = \"worn\", 20 = \"fair\", 100 = \"new\" }\nnormal = 100\n";
    let model = read(&text(4, &format!("{BLOCK}title = \"Cooler\"\n{more}")), &detector.to_bytes()).unwrap();
    let mut twin = told(&model, &[]);
    let mut states = Vec::new();
    for (index, values) in unseen.iter().enumerate() {
        twin.observe(&row(10.0 * index as f64, values));
        let state = twin.learned()[0].state;
        let alarm = twin.alarms().first().copied();
        assert_eq!(alarm.is_some(), state.is_some_and(|state| state != 100), "{state:?}");
        if let (Some(alarm), Some(state)) = (alarm, state) {
            let title = if state == 3 { "worn" } else { "fair" };
            assert_eq!(words::finding(&model, &alarm), format!("Cooler: {title}"));
            states.push(state);
        }
    }
    assert!(states.contains(&3) && states.contains(&20), "{states:?}");
}

#[test]
fn a_gauge_stands_beside_physics() {
    let (detector, _) = one_of_each().remove(0);
    let block = "[learned.odd]\nsealed = \"it.sealed\"\ninputs = [\"voltage\"]\nevery = \"10 s\"\n";
    let model = read(&format!("{CELL}\n{block}"), &detector.to_bytes()).unwrap();
    let entries = telemetry(&model);
    let twin = told(&model, &[&entries]);
    assert!(twin.learned()[0].ratio.is_some());
    assert_eq!(told(&model, &entries.chunks(5).collect::<Vec<_>>()).hash(), twin.hash());
    let plain = Arc::new(Model::parse(CELL).unwrap());
    assert_ne!(plain.hash, model.hash);
    let [own, others] = [&twin, &told(&plain, &[&entries])].map(|twin| twin.latents());
    assert_eq!(own, others, "what it reads changes nothing of the physics");
}

#[test]
fn other_bytes_are_another_model() {
    let text = text(2, BLOCK);
    let [one, other] = [samples::fade().seal().unwrap(), {
        let twin::learned::Kind::Fade(fade) = *samples::fade().kind() else { panic!() };
        let other = twin::learned::fade::Fade { threshold: 1.3, ..fade };
        twin::learned::Learned::new(samples::names(2), twin::learned::Kind::Fade(other)).unwrap().seal().unwrap()
    }]
    .map(|sealed| read(&text, &sealed).unwrap().hash);
    assert_ne!(one, other);
}

#[test]
fn names_that_were_sealed_are_those_of_signals_where_a_block_says_none() {
    let text = text(4, "[learned.it]\nsealed = \"it.sealed\"\nevery = \"1 h\"\n");
    let twin::learned::Kind::Life(life) = samples::life().kind().clone() else { panic!() };
    let named = |names: [&str; 4]| {
        let names = names.map(String::from).into();
        twin::learned::Learned::new(names, twin::learned::Kind::Life(life.clone())).unwrap().seal().unwrap()
    };
    let model = read(&text, &named(["c2", "c0", "c1", "c3"])).unwrap();
    assert_eq!(model.gauges[0].inputs.iter().map(|channel| channel.signal).collect::<Vec<_>>(), [2, 0, 1, 3]);
    let wrong = read(&text, &named(["c2", "c0", "c1", "d3"])).unwrap_err();
    assert_eq!(wrong, ["unknown input or signal `d3`; did you mean `c3`?"]);
}

#[test]
fn a_gauge_of_a_part_reads_the_signals_of_its_part() {
    let part = text(2, BLOCK);
    let whole = "id = \"two\"\ntitle = \"Two\"\nsource = \"made for tests\"\nstep = \"1 s\"\nhorizon = \"10 min\"\n\
                 headline = \"a.c0\"\n[part.a]\nmodel = \"gauged\"\n[part.b]\nmodel = \"gauged\"\n";
    let sealed = samples::fade().seal().unwrap();
    let beside = |_: &str| Some(sealed.clone());
    let resolve = |_: &str| Some(part.clone());
    let (model, _) = twin::model::compose::read_beside(whole, &resolve, &beside).unwrap();
    let read: Vec<(&str, Vec<u16>)> = model
        .gauges
        .iter()
        .map(|gauge| (gauge.name.as_str(), gauge.inputs.iter().map(|channel| channel.signal).collect()))
        .collect();
    assert_eq!(read, [("a.it", vec![0, 1]), ("b.it", vec![2, 3])]);
    assert!(twin::model::compose::read(whole, &resolve).unwrap_err()[0].message.starts_with("there is no file"));
}
