//! What `twinlight calibrate` proposes of a recording.

use super::*;

#[test]
fn what_fits_badly_is_found_with_wider_intervals() {
    let place = Place::new();
    let interval = |table: String| {
        place.put("r.csv", table);
        let printed = fine(place.run(&["calibrate", "models/vessel.toml", "--inputs", "r.csv", "--find", "level"]));
        let line = printed.lines().find(|line| line.trim_start().starts_with("level ")).unwrap();
        let within = line.split('\u{b1}').nth(1).unwrap().split_whitespace().next().unwrap();
        (within.parse::<f64>().unwrap(), printed)
    };
    let (sure, printed) = interval(readings(iso));
    assert!(!printed.contains("no good fit") && !printed.contains("holes"), "{printed}");
    // Every other row is 1 m3 off: twenty standard deviations of the sensor.
    let scattered = |min: u32, volume: f64| format!("{},1,{:.3}", iso(min), volume + f64::from(min / 10 % 2));
    let (unsure, printed) = interval(format!("t,drain,volume\n{}", rows(scattered)));
    assert!((8.0..12.0).contains(&(unsure / sure)), "{unsure} beside {sure}: {printed}");
    assert!(printed.contains("no good fit: "), "{printed}");
    let whole = readings(iso);
    let holed: String =
        whole.lines().enumerate().filter(|(n, _)| !(20..26).contains(n)).fold(String::new(), |mut all, (_, line)| {
            let _ = writeln!(all, "{line}");
            all
        });
    let (_, printed) = interval(holed);
    assert!(printed.contains("holes of `volume`: 1, the longest 1.167 h"), "{printed}");
}

#[test]
fn what_has_nothing_to_be_calibrated_says_so() {
    let of = ["calibrate", "--plant", "server/demo", "--asset", "turbofan-39"];
    refused(
        run(&repository(), Path::new("server/models"), &of),
        "can be calibrated: its file says `calibrate = true` of no",
    );
}
