//! Recordings followed on the command line, and the page that says how it went.

use std::{
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::repository;

/// What is printed on the terminal by a command that goes well.
fn backtest(options: &[&str]) -> String {
    let done = run(options);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn run(options: &[&str]) -> Output {
    command(options).output().unwrap()
}

fn command(options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twinlight"));
    command.arg("backtest").args(options).current_dir(repository());
    command.env("TWINLIGHT_PLANT__MODELS", repository().join("server/models"));
    command
}

/// What is printed, and the page.
fn reported(options: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    let printed = backtest(&[options, &["--report", file.to_str().unwrap()]].concat());
    (printed, std::fs::read_to_string(file).unwrap())
}

/// The cells of the first row of `html` after `title` that is headed so, the head left out.
fn cells(html: &str, title: &str, head: &str) -> Vec<String> {
    let (_, table) = html.split_once(&format!("<caption>{title}</caption>")).unwrap();
    let (_, row) = table.split_once(&format!("<th scope=\"row\">{head}</th>")).unwrap();
    let (row, _) = row.split_once("</tr>").unwrap();
    let text = |cell: &str| cell.split_once('>').unwrap().1.replace("</td>", "").replace('\u{2212}', "-");
    row.split("<td").skip(1).map(text).collect()
}

/// The words of the first line of `printed` after `title` that begins with `head`, that left out.
fn words(printed: &str, title: &str, head: &str) -> Vec<String> {
    let (_, table) = printed.split_once(title).unwrap();
    let line = table.lines().find_map(|line| line.trim().strip_prefix(head)).unwrap();
    line.split_whitespace().map(str::to_owned).collect()
}

/// Panics unless every tag of `html` that is opened is closed, in order.
fn is_well_formed(html: &str) {
    let mut open = Vec::new();
    let (_, mut rest) = html.split_once("<html").map(|(_, rest)| ((), format!("<html{rest}"))).unwrap();
    let style = rest.find("<style>").unwrap() + "<style>".len()..rest.find("</style>").unwrap();
    rest.replace_range(style, "");
    for tag in rest.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').unwrap();
        assert!(!text.contains('>'), "{text}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name), "in the order in which they were opened"),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split_whitespace().next().unwrap().to_owned()),
        }
        assert!(tag.matches('"').count().is_multiple_of(2), "{tag}");
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn the_page_says_what_the_terminal_says() {
    let (printed, html) = reported(&["--plant", "server/demo", "--asset", "transformer-t1", "--forecasts", "20"]);
    is_well_formed(&html);
    for signal in ["top_oil [K]", "hot_spot [K]"] {
        let words = words(&printed, "residual: ", signal);
        let cells = cells(&html, "Measured minus what was expected just before", signal);
        // Count, bias, deviation, magnitude, RMSE, normalised deviation, autocorrelation, share, and the range of it.
        assert_eq!(cells[..6], words[1..7], "{printed}");
        assert_eq!(cells[6], words[7..9].join(" "));
        assert_eq!(cells[7], words[9..].join(" "));
        assert_eq!(cells[8], words[0]);
        for lead in ["2.4 h", "6 h", "12 h", "18 h", "1 d"] {
            let words = self::words(&printed, &format!("after {lead}\n"), signal);
            let cells = self::cells(&html, signal, lead);
            let [count, bias, mae, rmse, held] = [0, 1, 2, 3, 4].map(|n| &words[n]);
            assert_eq!([&cells[0], &cells[1], &cells[2], &cells[3]], [mae, held, bias, rmse], "{printed}");
            assert_eq!((&cells[4], &cells[6]), (&words[5..7].join(" "), count));
        }
    }
    assert!(html.contains("transformer-t1 of server/demo") && html.contains("2008-04-01 15:30:00 UTC"));
    assert!(html.contains("<dd>7</dd>"), "what was refused is said: {printed}");
    // One file that needs no other, and looks like the pages in either theme.
    assert!(!html.contains("<script") && !html.contains("<link") && !html.contains("url("));
    // A chart a signal, and none of failures, of which none was held possible.
    assert!(html.contains("prefers-color-scheme: dark") && html.matches("class=\"trend-plot\"").count() == 2);
    // No failure is known, so no life is scored.
    assert!(html.contains("nothing is scored") && !printed.contains("life that is left"), "{printed}");
}

/// A vessel that loses a cubic metre an hour.
pub const VESSEL: &str = r#"
id = "vessel"
title = "Vessel <one>"
source = "a test"
step = "1 min"
horizon = "12 h"
headline = "volume"
[input]
drain = { unit = "m3/h", range = [0, 9], initial = 1, future = "hold" }
[state]
level = { unit = "m3", initial = 10, rate = "-drain", spread = 0.2, drift = 0.1, bounds = [0, 20] }
[signal]
volume = { unit = "m3", range = [0, 20], noise = 0.05, observes = "level" }
[failure]
low = { title = "Low", when = "level < 5.5", severity = "warn" }
empty = { title = "Empty", when = "level < 1", severity = "stop" }
"#;

/// The vessel, and nine hours in which it falls from 10 to 1.
fn vessel(folder: &Path) -> [String; 2] {
    let rows: String = (0..=54)
        .map(|n| format!("2026-01-01T{:02}:{:02}:00Z,1,{:.3}\n", n / 6, n % 6 * 10, 10.0 - f64::from(n) / 6.0))
        .collect();
    std::fs::write(folder.join("vessel.toml"), VESSEL).unwrap();
    std::fs::write(folder.join("readings.csv"), format!("t,drain,volume\n{rows}")).unwrap();
    ["vessel.toml", "readings.csv"].map(|name| folder.join(name).to_str().unwrap().to_owned())
}

#[test]
fn a_life_that_ends_as_foreseen_scores_well_and_is_on_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let [model, readings] = vessel(folder.path());
    let asked = [&model, "--inputs", &readings, "--forecasts", "9", "--end-is-failure", "--life-row", "1 h"];
    let (printed, html) = reported(&asked);
    is_well_formed(&html);
    assert!(html.contains("Vessel &lt;one&gt;") && !html.contains("<one>"));
    assert!(printed.contains("life that is left, Empty: 9 times said"), "{printed}");
    assert!(!printed.contains("Low:"), "what only warns ends no life: {printed}");
    let first = |what: &str| words(&printed, "life that is left", what)[0].parse::<f64>().unwrap();
    assert!(first("RMSE") < 0.2, "{printed}");
    assert!(first("score of PHM08 (0 is best)") < 0.2, "{printed}");
    assert_eq!(words(&printed, "life that is left", "within 20 % of the true life").join(" "), "100.0 % of 9");
    let (_, lives) = printed.split_once("life that is left").unwrap();
    for line in lives.lines().skip(1) {
        let (what, value) = line.split_at(35);
        let value = value.replace('-', "\u{2212}");
        assert!(html.contains(&format!("<dt>{}</dt><dd>{}</dd>", what.trim(), value.trim())), "{line}");
    }
    // Half of the way: 4.5 h are left.
    let cells = cells(&html, "Empty at 9 instants", "2026-01-01 04:30:00 UTC");
    assert_eq!(cells[2], "4.500");
    assert!((cells[0].parse::<f64>().unwrap() - 4.5).abs() < 0.2, "{cells:?}");
}

#[test]
fn failures_are_told_by_their_times_too() {
    let folder = tempfile::tempdir().unwrap();
    let [model, readings] = vessel(folder.path());
    let of = [&model, "--inputs", &readings, "--forecasts", "9"];
    // Asked at each whole 54 min: five times before the first failure, and no more after the last.
    let failed = ["--failed-at", "2026-01-01T04:30:00Z", "--failed-at", "2026-01-01T05:00:00Z"];
    let printed = backtest(&[&of[..], &failed].concat());
    assert!(printed.contains("Empty: 5 times said"), "{printed}");
    let early = run(&[&of[..], &["--failed-at", "2025-12-31T00:00:00Z"]].concat());
    let said = String::from_utf8(early.stderr).unwrap();
    assert!(!early.status.success() && said.contains("is before the recording begins"), "{said}");
    let silent = backtest(&[&of[..], &["--failed-at", "2026-01-01T09:00:00Z", "--horizon", "10 min"]].concat());
    assert!(silent.contains("Empty: nothing was said that could be scored"), "{silent}");
}

/// Waits until a process hears Ctrl-C, rather than being ended by it.
fn until_it_hears(child: &Child) {
    let status = format!("/proc/{}/status", child.id());
    let hears = || {
        let status = std::fs::read_to_string(&status).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        u64::from_str_radix(caught.trim(), 16).unwrap() >> (Signal::INT.as_raw() - 1) & 1 == 1
    };
    while !hears() {
        std::thread::yield_now();
    }
}

#[test]
fn ctrl_c_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let [model, readings] = vessel(folder.path());
    let page = folder.path().join("page.html");
    let of = [&model, "--inputs", &readings, "--report", page.to_str().unwrap()];
    backtest(&of);
    let before = std::fs::read_to_string(&page).unwrap();
    let long = ["--plant", "server/demo", "--asset", "transformer-t1", "--forecasts", "10000", "--horizon", "30 d"];
    let mut command = command(&[&long[..], &of[3..]].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until_it_hears(&child);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    assert_eq!((status.code(), String::from_utf8(stdout).unwrap().as_str()), (Some(1), ""));
    // No progress, where nobody looks at it.
    assert_eq!(String::from_utf8(stderr).unwrap(), "error: stopped: nothing was written\n");
    assert_eq!(std::fs::read_to_string(&page).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn an_alarm_of_what_was_learned_is_told_as_it_was_furthest() {
    let printed = backtest(&["--plant", "server/demo", "--asset", "machine-7", "--forecasts", "0"]);
    let ratio = |said: &str| said.split_once(" times its limit").unwrap().0.parse::<f64>().unwrap();
    let ratios: Vec<f64> = printed.split("is not as learned: ").skip(1).map(ratio).collect();
    assert!(!ratios.is_empty() && ratios.iter().all(|ratio| *ratio >= 1.0), "{printed}");
}
