//! The models of the demo against other people's programs; how the files were made stands beside them.

use twin::{Span, Timestamp, simulate::Simulator};

use super::following::{CELL, TRANSFORMER, model};

/// The rows of a golden file, without comments and header.
fn rows(text: &str) -> Vec<Vec<f64>> {
    let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect()
}

/// The model file with what a golden file states otherwise; each change must find its place.
fn changed(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the model file no longer says `{from}`");
        text.replace(from, to)
    })
}

fn largest(differences: impl Iterator<Item = f64>) -> f64 {
    differences.fold(0.0, |largest, difference| if difference.abs() > largest { difference.abs() } else { largest })
}

#[test]
fn the_cell_is_that_of_progpy_over_a_whole_discharge() {
    let text = changed(
        CELL,
        &[
            ("title = \"Health\", unit = \"1\", value = 0.9", "title = \"Health\", unit = \"1\", value = 1.0"),
            ("t_ambient = { unit = \"K\", value = 297.15", "t_ambient = { unit = \"K\", value = 292.1"),
        ],
    );
    let model = model(&text);
    let rows = rows(include_str!("../golden/li_ion_cell.csv"));
    let start = Timestamp(0);
    let mut cell = Simulator::new(model.clone(), start, &[rows[0][1]]);
    let quantity = |name: &str| model.quantities.iter().position(|quantity| quantity.name == name).unwrap();
    let [voltage, temperature, charge] = ["voltage", "temperature", "charge"].map(quantity);
    let mut differences = [Vec::new(), Vec::new(), Vec::new()];
    for row in &rows {
        cell.advance(start + Span::from_secs(row[0]), &[row[1]]);
        let values = cell.values();
        differences[0].push(values[voltage] - row[2]);
        differences[1].push(values[temperature] + 273.15 - row[3]);
        differences[2].push(values[charge] - row[4]);
    }
    let [voltage, temperature, charge] = differences.map(|differences| largest(differences.into_iter()));
    println!("largest differences over {} rows: {voltage:e} V, {temperature:e} K, {charge:e}", rows.len());
    assert!(rows.len() > 400);
    assert!(voltage < 1e-4 && temperature < 1e-3 && charge < 1e-6);

    let mut t = start + Span::from_secs(rows[rows.len() - 1][0]);
    while cell.values()[1] >= 3.0 {
        t = t + Span::SECOND;
        cell.advance(t, &[rows[rows.len() - 1][1]]);
    }
    assert_eq!((t - start).secs(), 4403.0, "the file says 4402.6 s, the grid has whole seconds");
}

#[test]
fn the_transformer_is_that_of_transformer_thermal_model_over_three_days() {
    let text = changed(
        TRANSFORMER,
        &[
            ("initial = \"oil_end\"", "initial = \"ambient\""),
            ("initial = \"k_21 * winding_end\"", "initial = 0"),
            ("initial = \"(k_21 - 1) * winding_end\"", "initial = 0"),
        ],
    );
    let model = model(&text);
    let rows = rows(include_str!("../golden/power_transformer.csv"));
    let at = |row: &[f64]| Timestamp(0) + Span::from_secs(row[0] * 60.0);
    let mut transformer = Simulator::new(model.clone(), at(&rows[0]), &rows[0][1..3]);
    let mut oil = Vec::new();
    let mut hot_spot = Vec::new();
    let mut ageing = Vec::new();
    for pair in rows.windows(2) {
        // The oracle holds a row's load and ambient over the interval that ends at the row.
        transformer.advance(at(&pair[0]), &pair[1][1..3]);
        transformer.advance(at(&pair[1]), &pair[1][1..3]);
        let values = transformer.values();
        oil.push(values[2] - pair[1][3]);
        hot_spot.push(values[3] - pair[1][4]);
        ageing.push(values[4] / pair[1][5] - 1.0);
    }
    assert!(oil.len() > 250);
    let [oil, hot_spot, ageing] = [oil, hot_spot, ageing].map(|differences| largest(differences.into_iter()));
    println!("largest differences: top oil {oil:e} K, hot spot {hot_spot:e} K, ageing rate {ageing:e} of its value");
    assert!(oil < 1e-3 && hot_spot < 1e-3 && ageing < 2e-4);
}
