//! `twinlight model`: what it prints of files that are in order, and of those that are not.

use std::path::{Path, PathBuf};

use server::model::{self, doc_of, explain_of};

use crate::support::repository;

fn models() -> PathBuf {
    repository().join("server/models")
}

/// What a check of `text` prints, with the file called `m.toml`, and how it ends.
fn checked(text: &str) -> (String, Result<(), String>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m.toml");
    std::fs::write(&file, text).unwrap();
    let mut printed = Vec::new();
    let ended = model::check(&[file], &models(), &mut printed).map_err(|error| error.to_string());
    let shown = String::from_utf8(printed).unwrap().replace(&format!("{}/", folder.path().display()), "");
    (shown, ended)
}

fn cell() -> String {
    std::fs::read_to_string(models().join("li-ion-cell.toml")).unwrap()
}

/// The lines of a check that stand for an error in `text` at the first place of `what`, which is `past` letters on.
fn expected(message: &str, text: &str, what: &str, past: usize) -> String {
    let (number, line) = (1..).zip(text.lines()).find(|(_, line)| line.contains(what)).unwrap();
    let column = line.find(what).unwrap() + past + 1;
    let margin = " ".repeat(format!("{number}").len());
    let before = " ".repeat(column - 1);
    format!(
        "error: {message}\n{margin}--> m.toml:{number}:{column}\n{margin} |\n{number} | {line}\n{margin} | {before}^\n\n"
    )
}

#[test]
fn a_caret_stands_below_the_place_of_every_error() {
    let text = cell().replace("soc^3 +", "sox^3 +").replace("v < v_end", "v < r_s");
    let (shown, ended) = checked(&text);
    let first = expected("unknown name `sox`; did you mean `soc`?", &text, "sox^3", 0);
    let second = expected("`v` is in V, `r_s` in ohm", &text, "v < r_s", 4);
    assert_eq!(shown, first + &second);
    assert_eq!(ended, Err("2 errors in 1 of 1 files".to_owned()));
}

#[test]
fn a_file_in_order_is_said_to_be_fine() {
    let (shown, ended) = checked(&cell());
    assert_eq!(shown, "m.toml: fine: 3 signals, 3 outputs, 1 failure, 0 actions, 2 sliders\n");
    assert_eq!(ended, Ok(()));
}

#[test]
fn what_no_formula_uses_is_told_of_a_file_that_is_in_order() {
    let text = cell().replace("[parameter]\n", "[parameter]\nspare = { title = \"c_cp\", unit = \"kg\", value = 1 }\n");
    let (shown, ended) = checked(&text);
    assert!(shown.ends_with("2 sliders\n  parameter `spare` is used by no formula\n"), "{shown}");
    assert_eq!(ended, Ok(()));
}

#[test]
fn every_model_that_is_shipped_is_in_order_and_has_its_page_and_its_program() {
    let files: Vec<PathBuf> = std::fs::read_dir(models())
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|own| own == "toml"))
        .collect();
    assert!(files.len() >= 2);
    let mut printed = Vec::new();
    model::check(&files, &models(), &mut printed).unwrap();
    let printed = String::from_utf8(printed).unwrap();
    assert!(!printed.contains("is used by no formula"), "{printed}");
    // What has learned everything has no states.
    let has_learned = |file: &PathBuf| std::fs::read_to_string(file).unwrap().contains("[learned");
    for file in files {
        if has_learned(&file) {
            assert!(doc_of(&file, &models()).unwrap().contains("## Learned from recordings"));
            continue;
        }
        assert!(doc_of(&file, &models()).unwrap().contains("## States"));
        assert!(explain_of(&file, &models()).unwrap().contains("/dt = "));
    }
}

#[test]
fn the_page_of_a_model_has_its_equations_with_their_units() {
    let page = doc_of(&models().join("li-ion-cell.toml"), &models()).unwrap();
    for line in [
        "# Li-ion cell, equivalent circuit",
        "| `q_cp` |  | C | `0` | `i_b - v_cp / r_cp` |  |",
        "| `v_cp` | V | `q_cp / c_cp` |  |  |",
        "| `empty` | Voltage below 3.0 V under load | `current > i_rest and v < v_end` | stop |",
        "| `health` |  | 0.9 | 1 | 0.2, 1.3 | true | 0.06 |",
    ] {
        assert!(page.contains(line), "{line}\nis not in\n{page}");
    }
}

#[test]
fn the_page_of_a_model_says_what_is_assumed_and_what_may_be_turned() {
    let page = |name: &str| doc_of(&models().join(name), &models()).unwrap();
    let line = page("packaging-line.toml");
    for row in [
        "| `setting_up` | Changeover | `is_changing` |",
        "| `energy_price` | Price of energy | 0.2 | EUR/kWh | assumption |",
        "| `jam_time` | Mean time between jams | jam_time |  | h | 0.5 | 40 | 0.5 |",
        "| `sharp_tools` | Tools changed at half their wear | tool_limit = 50 % |",
        "| `faster` | A tenth faster | speed x 1.1 |",
        "| `speed` | Speed against now | speed | scale |  | x 0 | x 1.5 | 0.01 |",
        "| schedule | 00:00 = 0, 06:00 = 1, 22:00 = 0 |",
    ] {
        assert!(line.contains(row), "{row}\nis not in\n{line}");
    }
    let fitted = page("cold-room.toml");
    let row = fitted.lines().find(|line| line.starts_with("| `cap_by_t` |")).unwrap();
    assert!(row.ends_with("| leaving = degC, entering = degC | EnergyPlus, McQuay PEH |"), "{row}");
}

#[test]
fn parts_stand_beside_the_file_or_in_the_folder_of_models() {
    let folder = tempfile::tempdir().unwrap();
    let own = cell().replace("id = \"li-ion-cell\"", "id = \"beside\"").replace("\"Terminal voltage\"", "\"Volts\"");
    std::fs::write(folder.path().join("beside.toml"), own).unwrap();
    let whole = "id = \"pair\"\ntitle = \"Pair\"\nsource = \"tests\"\nstep = \"1 s\"\nhorizon = \"1 h\"\n\
                 headline = \"a.voltage\"\n[part.a]\nmodel = \"beside\"\n[part.b]\nmodel = \"li-ion-cell\"\n\
                 [connect]\n\"b.current\" = \"a.current\"\n";
    let file = folder.path().join("pair.toml");
    std::fs::write(&file, whole).unwrap();
    let mut printed = Vec::new();
    model::check(std::slice::from_ref(&file), &models(), &mut printed).unwrap();
    assert!(String::from_utf8(printed).unwrap().contains("fine: 5 signals"));
    assert!(doc_of(&file, &models()).unwrap().contains("A: Volts"));

    let broken = whole.replace("\"a.current\"", "\"a.voltage\"");
    std::fs::write(&file, broken).unwrap();
    let mut printed = Vec::new();
    model::check(&[file], &models(), &mut printed).unwrap_err();
    let shown = String::from_utf8(printed).unwrap();
    assert!(shown.contains("`a.voltage` is in V, expected A") && shown.contains("pair.toml:12:16"), "{shown}");
}

#[test]
fn an_error_in_a_part_shows_the_line_of_the_part() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.toml"), cell().replace("q_cp / c_cp", "q_cp / c_pc")).unwrap();
    let file = folder.path().join("whole.toml");
    let whole = "id = \"w\"\ntitle = \"W\"\nsource = \"tests\"\nstep = \"1 s\"\nhorizon = \"1 h\"\nheadline = \"a.voltage\"\n\
                 [part.a]\nmodel = \"broken\"\n";
    std::fs::write(&file, whole).unwrap();
    let mut printed = Vec::new();
    model::check(&[file], &models(), &mut printed).unwrap_err();
    let shown = String::from_utf8(printed).unwrap();
    assert!(shown.contains("broken.toml:42:16") && shown.contains("v_cp = \"q_cp / c_pc\""), "{shown}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = model::check(&[Path::new("no/such.toml").into()], &models(), &mut Vec::new()).unwrap_err();
    assert_eq!(format!("{error}"), "`no/such.toml` cannot be read");
}
