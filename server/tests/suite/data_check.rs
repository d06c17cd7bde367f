//! Files of readings checked on the command line.

use std::process::Command;

use crate::support::{PLANT, repository};

/// Checks a file of this name and content; gives whether all is well, what is printed, and the error.
fn check(name: &str, content: impl AsRef<[u8]>, options: &[&str]) -> (bool, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let (file, plant) = (folder.path().join(name), folder.path().join("plant.toml"));
    std::fs::write(&file, content).unwrap();
    std::fs::write(&plant, PLANT.replace("from = \"voltage\"", "from = \"voltage\", period = \"1 s\"")).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_twinlight"))
        .args(["data", "check"])
        .arg(&file)
        .arg("--plant")
        .arg(plant)
        .args(options)
        .env("TWINLIGHT_PLANT__MODELS", repository().join("server/models"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.success(), text(done.stdout), text(done.stderr))
}

const JSON: &str = r#"{"asset":"cell-1","signal":"voltage","t":1000000,"v":3.7}
{"asset":"cell-1","signal":"voltage","t":2000000,"v":3.6}

{"asset":"cell-1","signal":"voltage","t":12000000,"v":3.5}
"#;
const LONG: &str = "signal,t,v,u\nvoltage,1000000,3700,mV\nvoltage,1970-01-01T00:00:02Z,3.6,\nvoltage,12000000,3.5,\n";
const WIDE: &str = "voltage,t,temperature\n3.7,1000000,\n3.6,2000000,\n3.5,12000000,\n";
const LINES: &str = "cell-1 voltage=3.7 1\n# why\ncell-1 voltage=3.6 2\ncell-1 voltage=3.5 12\n";

/// The same three readings in every form.
fn check_form(name: &str, content: &str, options: &[&str]) {
    let (is_well, printed, error) = check(name, content, options);
    assert!(is_well, "{name}: {printed}{error}");
    let expected = [
        "3 readings: 3 would be kept, 0 are duplicates, 0 refused",
        "kept          3 from 1970-01-01T00:00:01Z to 1970-01-01T00:00:12Z",
        "period        1 s, agreed 1 s",
        "1970-01-01T00:00:02Z to 1970-01-01T00:00:12Z: 1 x, 10 s without a sample",
    ];
    for line in expected {
        assert!(printed.contains(line), "{name} says `{line}`:\n{printed}");
    }
}

#[test]
fn good_readings_of_every_form_are_the_same_readings() {
    check_form("lines.json", JSON, &[]);
    check_form("array.json", &format!("[{}]", JSON.trim().replace("}\n", "},\n")), &[]);
    check_form("long.csv", LONG, &["--asset", "cell-1"]);
    check_form("wide.csv", WIDE, &["--asset", "cell-1"]);
    check_form("lines.txt", LINES, &["--precision", "s"]);
}

#[test]
fn what_would_be_refused_is_told_by_line_and_fails() {
    let bad = format!("{JSON}{{\"asset\":\"cell-1\",\"signal\":\"voltage\",\"t\":3,\"v\":9}}\nwarm\n");
    let (is_well, printed, error) = check("bad.json", bad, &[]);
    assert!(!is_well && error.contains("2 of 5 readings would be refused"), "{error}");
    assert!(printed.contains("1 x range cell-1 voltage: first in line 5: 9 V is outside 0 to 5"), "{printed}");
    assert!(printed.contains("1 x malformed: first in line 6:"), "{printed}");
    let (is_well, printed, _) = check("bad.csv", "t,voltage\n1,3.7\n2,warm\n3\n4,3.8\n", &["--asset", "cell-1"]);
    assert!(!is_well && printed.contains("4 readings: 2 would be kept"), "{printed}");
    assert!(printed.contains("malformed cell-1 voltage: first in line 3: "), "{printed}");
    assert!(printed.contains("malformed: first in line 4: "), "{printed}");
}

#[test]
fn a_file_that_cannot_be_read_at_all_says_why() {
    let error = |name: &str, content: &str, options: &[&str]| check(name, content, options).2;
    assert!(error("a.csv", "t,voltage\n1,3.7\n", &[]).contains("`--asset`"));
    assert!(error("a.csv", "t,signal\n1,3.7\n", &["--asset", "cell-1"]).contains("no column `v`"));
    assert!(error("a.txt", "x", &["--precision", "d"]).contains("--precision"));
    assert!(error("a.gz", "no gzip", &[]).contains("a.gz"));
}
