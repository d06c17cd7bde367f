//! The pack of cells against BLAST-Lite, and its charge and energy against their meters.

use super::{Asset, Largest, near, rows, with};

pub const PACK: &str = include_str!("../../../../../server/models/li-ion-pack.toml");

const INSIDE: &[(&str, &str)] = &[
    ("anode", "V"),
    ("k_cal", "1"),
    ("k_cyc", "1"),
    ("loss_cal", "1"),
    ("loss_cyc", "1"),
    ("soc", "1"),
    ("health", "1"),
    ("cell", "degC"),
    ("lost_energy", "J"),
    ("full_cycles", "1"),
];

/// The pack in steps of five minutes and without heat of its own, with events that bring it where a block of the golden
/// file begins.
fn steered(more: &str) -> String {
    let text = PACK.replace("step = \"1 min\"", "step = \"5 min\"").replace("per_cell^2 * resistance", "0[W]");
    with(&text, &[("efficiency", 1.0)], INSIDE) + more
}

fn event(name: &str, soc: f64, stress: f64) -> String {
    format!("[event.{name}]\nset = {{ soc = {soc:?}, stress = {stress:?}, cell = \"ambient\" }}\n")
}

#[test]
fn a_year_at_rest_and_a_thousand_cycles_cost_what_the_law_says() {
    let text = steered(&(event("half", 0.5, 0.5) + &event("three_quarters", 0.75, 0.5)));
    let mut pack = Asset::new(&text, &[("ambient", 25.0)]);
    pack.happen("half");
    near(pack.get("shown_anode"), 0.123304, 5e-7);
    near(pack.get("shown_k_cal"), 4.94623e-4, 5e-10);
    pack.run(365.0 * 86_400.0);
    near(pack.get("by_time"), 1.1016, 5e-4);

    let mut pack = Asset::new(&text, &[("ambient", 25.0)]);
    pack.happen("three_quarters");
    near(pack.get("shown_k_cyc"), 2.17155e-4, 5e-10);
    // Half a full cycle in an hour at 0.5 C is a quarter of one.
    for half in 0..4_000 {
        pack.tell("current", if half % 2 == 0 { 125.0 } else { -125.0 });
        pack.run(3_600.0);
    }
    near(pack.get("throughput"), 1_000.0, 1e-6);
    near(pack.get("by_use"), 6.6187, 3e-3);
}

#[test]
fn a_year_of_rest_and_use_ages_as_in_blast_lite() {
    let blocks = [
        (25.0, 0.5, 0.0, 1),
        (35.0, 0.75, 0.25, 2),
        (15.0, 0.9, 0.0, 1),
        (40.0, 0.75, 0.5, 1),
        (20.0, 0.75, 0.1, 5),
        (30.0, 0.2, 0.0, 1),
    ];
    let events = (0..).zip(blocks).map(|(number, (_, soc, rate, _))| event(&format!("block_{number}"), soc, rate));
    let mut pack = Asset::new(&steered(&events.collect::<String>()), &[]);
    let mut largest = Largest::default();
    let rows = rows(include_str!("../../golden/li_ion_ageing.csv"));
    assert_eq!(rows.len(), 25);
    for (index, row) in rows[1..].iter().enumerate() {
        let (celsius, _, rate, half) = blocks[index % blocks.len()];
        pack.tell("ambient", celsius);
        pack.happen(&format!("block_{}", index % blocks.len()));
        for hour in 0..15 * 24 {
            pack.tell("current", if (hour / half) % 2 == 0 { rate * 250.0 } else { -rate * 250.0 });
            pack.run(3_600.0);
        }
        largest.take("full cycles", row[0], pack.get("throughput"), row[1]);
        largest.take("loss by time", row[0], pack.get("shown_loss_cal"), row[2]);
        largest.take("loss by use", row[0], pack.get("shown_loss_cyc"), row[3]);
    }
    // Of losses of 1.5 and 2.8 %; steps of five minutes follow an hour of charge to this.
    largest.stay_within(&[("full cycles", 1e-6), ("loss by time", 6e-6), ("loss by use", 1e-6)]);
}

#[test]
fn what_is_drawn_and_given_back_is_there_again() {
    // Without ageing, which would change what a share of the capacity is.
    let fresh = [("efficiency", 1.0), ("k_cal_0", 0.0), ("k_cyc_0", 0.0), ("k_cyc_dod", 0.0), ("k_cyc_rate", 0.0)];
    let text = with(PACK, &fresh, INSIDE);
    let mut pack = Asset::new(&text, &[]);
    let before = pack.get("shown_soc");
    for current in [200.0, -80.0, 40.0, -160.0] {
        pack.tell("current", current);
        pack.run(3_600.0);
    }
    near(pack.get("shown_soc"), before, 1e-9);
    near(pack.get("throughput"), 480.0 / 500.0, 1e-9);
}

#[test]
fn a_cell_warms_until_the_coolant_takes_all_its_heat() {
    let text = PACK.replace("initial = 0.8, rate = \"-per_cell", "initial = 0.8, rate = \"0 * per_cell");
    let mut pack = Asset::new(&with(&text, &[("hot", 200.0)], INSIDE), &[("current", 250.0), ("ambient", 20.0)]);
    pack.run(5.0 * 86_400.0);
    near(pack.get("shown_cell"), 20.0 + 250.0 * 250.0 * 0.6e-3 / 1.5, 1e-6);
    near(pack.get("shown_lost_energy"), 250.0 * 250.0 * 0.6e-3 * 112.0 * 5.0 * 86_400.0, 1.0);
}

#[test]
fn series_and_parallel_share_voltage_and_current() {
    let of = |series: f64, parallel: f64, current: f64| {
        let mut pack = Asset::new(
            &with(PACK, &[("in_series", series), ("in_parallel", parallel)], INSIDE),
            &[("current", current)],
        );
        pack.run(3_600.0);
        ["voltage", "energy_left", "shown_soc", "shown_cell"].map(|name| pack.get(name))
    };
    let (one, many) = (of(1.0, 1.0, 100.0), of(96.0, 3.0, 300.0));
    near(many[0], 96.0 * one[0], 1e-9);
    near(many[1], 288.0 * one[1], 1e-6);
    assert_eq!(many[2..], one[2..]);
}
