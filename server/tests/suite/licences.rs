//! The list of licences is that of what cargo builds.

use std::{collections::BTreeMap, fmt::Write, process::Command};

use crate::support::repository;

const LIST: &str = "server/src/routes/words/licences.tsv";

/// Name, version and licence of everything that is built into `what`.
fn packages(what: &[&str]) -> Vec<String> {
    let done = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}\t{l}"])
        .args(what)
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8(done.stdout).unwrap();
    // Our own packages have a path after their version.
    let others = said.lines().filter(|line| !line.contains("(/"));
    others
        .map(|line| {
            let line = line.replace(" (*)", "").replace(" (proc-macro)", "");
            let (package, licence) = line.split_once('\t').unwrap();
            let (name, version) = package.split_once(' ').unwrap();
            format!("{name}\t{}\t{licence}", version.trim().trim_start_matches('v'))
        })
        .collect()
}

#[test]
fn the_licences_that_are_shown_are_those_of_what_is_built() {
    let mut parts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let page = ["-p", "app", "--no-default-features", "--features", "hydrate", "--target", "wasm32-unknown-unknown"];
    for (part, what) in [("server", &["-p", "server"][..]), ("page", &page[..])] {
        for package in packages(what) {
            let known = parts.entry(package).or_default();
            if known.last() != Some(&part) {
                known.push(part);
            }
        }
    }
    let mut list = String::new();
    for (package, of) in parts {
        writeln!(list, "{package}\t{}", of.join(" and ")).unwrap();
    }
    let path = repository().join(LIST);
    let shown = std::fs::read_to_string(&path).unwrap();
    if shown != list {
        // What is there is wrong: what it has to be is put beside it.
        let right = path.with_extension("tsv.new");
        std::fs::write(&right, &list).unwrap();
        panic!("{LIST} is not what cargo builds; `mv {} {LIST}` puts it right", right.display());
    }
}
