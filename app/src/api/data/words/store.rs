//! What the store takes up and holds, how long, what was deleted, and what is damaged.

use crate::sheet::{Cell, Column, Look, Row, Section, Table};
use services::{
    Services,
    contract::duration,
    report::Report,
    store::{
        Damage,
        extent::{Deleted, Held, Place},
    },
};
use twin::Timestamp;

use super::{asset, count, nothing, signal};
use crate::wording;

pub fn section(services: &Services, report: &Report) -> Section {
    let mut tables = vec![whole(report), held(services, report), classes(services)];
    if !report.deletions.is_empty() {
        tables.push(deletions(services, report));
    }
    tables.push(damages(services, report));
    Section {
        id: "store".into(),
        title: "Store".into(),
        lead: "What is kept, and how well. Sizes are measured every half a minute.".into(),
        tables,
        ..Section::default()
    }
}

fn whole(report: &Report) -> Table {
    let extent = &report.extent;
    let mut all = Held::default();
    extent.assets.iter().for_each(|(_, held)| all.add(held));
    let commit = if report.is_failing {
        Cell::new("failed: nothing is taken in until the disk is well").look(Look::Alarm)
    } else {
        Cell::new("succeeded")
    };
    let per_sample = |bytes: u64| match all.samples {
        0 => nothing(),
        samples => Cell::new(format!("{:.2} bytes", bytes as f64 / samples as f64)),
    };
    let facts = [
        ("Last commit", commit),
        ("File", Cell::new(wording::bytes(extent.file_bytes))),
        ("Its log", Cell::new(wording::bytes(extent.log_bytes))),
        ("Free on the disk", extent.free_bytes.map_or_else(nothing, |free| Cell::new(wording::bytes(free)))),
        ("Samples", count(all.samples)),
        ("Samples not compacted yet", count(all.landed)),
        ("Blocks", count(all.blocks)),
        ("A sample takes, in its block", per_sample(all.bytes)),
        ("A sample takes, in the whole file", per_sample(extent.file_bytes)),
    ];
    Table {
        caption: "The store as a whole".into(),
        columns: ["What", "How it is"].map(Column::text).into(),
        rows: facts.into_iter().map(|(what, how)| Row::from(vec![Cell::new(what), how])).collect(),
        ..Table::default()
    }
}

fn held(services: &Services, report: &Report) -> Table {
    let row = |(number, held): &(Option<usize>, Held)| {
        let per_sample = match held.samples {
            0 => nothing(),
            samples => Cell::new(format!("{:.2}", held.bytes as f64 / samples as f64)),
        };
        Row::from(vec![
            number.map_or_else(
                || Cell::new("No longer in the plant"),
                |number| asset(&services.catalog.assets()[number]),
            ),
            count(held.samples),
            count(held.landed),
            count(held.blocks),
            Cell::new(wording::bytes(held.bytes)),
            per_sample,
        ])
    };
    Table {
        caption: "What is kept of each asset".into(),
        columns: vec![
            Column::text("Asset"),
            Column::number("Samples"),
            Column::number("Not compacted"),
            Column::number("Blocks"),
            Column::number("Size of blocks"),
            Column::number("Bytes a sample"),
        ],
        rows: report.extent.assets.iter().map(row).collect(),
        none: "The plant has no asset.".into(),
        next: None,
    }
}

fn classes(services: &Services) -> Table {
    let signals = |class: &str| {
        let of = services
            .catalog
            .assets()
            .iter()
            .flat_map(|asset| (0..asset.model.signals.len() as u16).map(|number| asset.contract(number)));
        of.filter(|contract| contract.class == class).count() as u64
    };
    let row = |(class, span): (&String, &Option<twin::Span>)| {
        let kept = span.map_or_else(|| "for good".to_owned(), duration::text);
        Row::from(vec![Cell::new(class), Cell::new(kept), count(signals(class))])
    };
    Table {
        caption: "Retention classes".into(),
        columns: vec![Column::text("Class"), Column::text("Samples are kept"), Column::number("Signals")],
        rows: services.catalog.retention().iter().map(row).collect(),
        ..Table::default()
    }
}

/// The names of a place; what the plant no longer has is said to be gone.
fn names(services: &Services, place: Place) -> [Cell; 2] {
    let of = place.asset.map(|number| &services.catalog.assets()[number]);
    match (of, place.signal) {
        (Some(of), Some(number)) => [asset(of), signal(of, number)],
        (Some(of), None) => [asset(of), Cell::new("several, or gone").look(Look::Muted)],
        (None, _) => [Cell::new("No longer in the plant").look(Look::Muted), nothing()],
    }
}

fn deletions(services: &Services, report: &Report) -> Table {
    let row = |deleted: &Deleted| {
        let [asset, signal] = names(services, deleted.place);
        Row::from(vec![
            asset,
            signal,
            count(deleted.samples),
            Cell::at(deleted.from),
            Cell::at(deleted.to),
            Cell::at(deleted.at),
            Cell::new(&deleted.reason),
        ])
    };
    Table {
        caption: "Deleted on purpose".into(),
        columns: vec![
            Column::text("Asset"),
            Column::text("Signal"),
            Column::number("Samples"),
            Column::text("From"),
            Column::text("To"),
            Column::text("Last time"),
            Column::text("Why"),
        ],
        rows: report.deletions.iter().map(row).collect(),
        ..Table::default()
    }
}

fn damages(services: &Services, report: &Report) -> Table {
    let row = |(place, damage): &(Place, Damage)| {
        let [asset, signal] = names(services, *place);
        let head = &damage.head;
        Row::from(vec![
            asset.look(Look::Alarm),
            signal,
            Cell::at(Timestamp(head.first_t)),
            Cell::at(Timestamp(head.last_t)),
            Cell::new(format!("{} to {}", head.first_seq, head.last_seq)),
            count(head.count.unsigned_abs()),
            Cell::new(&damage.why),
        ])
    };
    Table {
        caption: "Damaged blocks".into(),
        columns: vec![
            Column::text("Asset"),
            Column::text("Signal"),
            Column::text("From"),
            Column::text("To"),
            Column::number("Entries"),
            Column::number("Samples"),
            Column::text("Why"),
        ],
        rows: report.damages.iter().map(row).collect(),
        none: "No block was found damaged since the server started.".into(),
        next: None,
    }
}
