//! What the compiler does not watch over: greps that keep the house in order.

use std::path::{Path, PathBuf};

use crate::support::repository;

/// Every file of `folder` with this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(listed) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in listed.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort_unstable();
    found
}

fn sources() -> Vec<PathBuf> {
    let root = repository();
    [root.join("app"), root.join("server")].iter().flat_map(|folder| files(folder, "rs")).collect()
}

/// Lines of `files` that hold `what`, as `path:line`.
fn lines_with(files: &[PathBuf], is_it: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| is_it(line)) {
            found.push(format!("{}:{number}: {}", file.display(), line.trim()));
        }
    }
    found
}

fn none(found: Vec<String>) {
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_greps_see_the_sources() {
    assert!(sources().len() > 30);
}

#[test]
fn modules_stand_in_files_of_their_own_name() {
    none(sources().iter().filter(|file| file.ends_with("mod.rs")).map(|file| file.display().to_string()).collect());
}

#[test]
fn every_file_opens_with_a_sentence_about_itself() {
    let silent = |file: &&PathBuf| {
        let text = std::fs::read_to_string(file).unwrap();
        !text.trim().is_empty() && !text.starts_with("//!")
    };
    none(sources().iter().filter(silent).map(|file| file.display().to_string()).collect());
}

#[test]
fn features_stay_at_the_edges() {
    let app = repository().join("app/src");
    let inside: Vec<PathBuf> = files(&app, "rs")
        .into_iter()
        .filter(|file| {
            let at_edge = ["lib.rs", "api.rs", "browser.rs"].iter().any(|edge| file == &app.join(edge));
            !(at_edge || file.starts_with(app.join("api")) || file.starts_with(app.join("browser")))
        })
        .collect();
    none(lines_with(&inside, |line| line.contains("cfg(feature") || line.contains("cfg(not(feature")));
}

#[test]
fn colours_stand_in_one_file() {
    let style = repository().join("style");
    let sheets: Vec<PathBuf> = files(&style, "css").into_iter().filter(|file| !file.ends_with("tokens.css")).collect();
    let is_colour = |line: &str| {
        let hex = line.split('#').skip(1).any(|rest| {
            let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
            let ends =
                rest.chars().nth(digits).is_none_or(|next| !next.is_alphanumeric() && next != '-' && next != '_');
            (3..=8).contains(&digits) && ends
        });
        hex || line.contains("rgb(") || line.contains("hsl(") || line.contains("oklch(")
    };
    none(lines_with(&sheets, is_colour));
    none(lines_with(&files(&repository().join("app/src"), "rs"), |line| line.contains("RGBColor(")));
}

#[test]
fn every_component_has_its_sheet_and_every_sheet_its_component() {
    let names = |folder: &str, extension: &str| -> Vec<String> {
        let stem = |file: &PathBuf| file.file_stem().unwrap().to_str().unwrap().to_string();
        files(&repository().join(folder), extension).iter().map(stem).collect()
    };
    for kind in ["components", "pages"] {
        let sheets = names(&format!("style/{kind}"), "css");
        let code = names(&format!("app/src/{kind}"), "rs");
        let strays: Vec<&String> = sheets.iter().filter(|sheet| !code.contains(sheet)).collect();
        assert!(strays.is_empty(), "style/{kind} has sheets of nothing: {strays:?}");
    }
}

#[test]
fn the_overview_names_every_crate_and_no_other() {
    let Ok(overview) = std::fs::read_to_string(repository().join("ARCHITECTURE.md")) else { return };
    for folder in ["app", "app/twin", "app/wire", "server", "server/learn", "server/services"] {
        assert!(overview.contains(&format!("`{folder}`")), "ARCHITECTURE.md does not name `{folder}`");
    }
}

#[test]
fn the_pages_of_a_browser_hold_no_reader_of_model_files() {
    let tree = |features: &str| {
        let done = std::process::Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--package", "app", "--no-default-features", "--features", features])
            .args(["--edges", "normal,features", "--prefix", "none"])
            .current_dir(repository())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    let reads = |tree: &str| tree.lines().any(|line| line.starts_with("twin feature \"language\""));
    assert!(reads(&tree("ssr")), "the grep sees the feature where it is");
    assert!(!reads(&tree("hydrate")));
}

#[test]
fn only_the_configuration_reads_the_environment() {
    let server: Vec<PathBuf> = files(&repository().join("server"), "rs")
        .into_iter()
        .filter(|file| {
            !file.ends_with("src/config.rs")
                && !file.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "benches")
        })
        .collect();
    none(lines_with(&server, |line| {
        line.contains("env::var") || line.contains("from_env") || line.contains("env::args")
    }));
}
