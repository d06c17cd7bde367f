//! Instants as recordings write them.

/// Hours, minutes and seconds: in seconds, and the most of each.
const PARTS: [(f64, f64); 3] = [(3_600.0, 24.0), (60.0, 60.0), (1.0, 61.0)];

/// Seconds since 1970 of `2004-03-10 18:00:00`, also with a `T` between, or as a day alone; as if all were UTC.
pub fn secs_of(text: &str) -> Option<i64> {
    let (day, time) = text.trim().split_at_checked(10)?;
    let mut parts = day.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years begin in March, so that a leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days = days + (153 * month + 2) / 5 + day - 1 - 719_468;
    let mut secs = 0.0;
    let time = time.trim_start_matches(['T', ' ']).trim_end_matches('Z');
    for (part, (unit, most)) in time.split(':').filter(|part| !part.is_empty()).zip(PARTS) {
        secs += part.parse::<f64>().ok().filter(|part| (0.0..=most).contains(part))? * unit;
    }
    Some(days * 86_400 + secs as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Option<i64>) {
        assert_eq!(secs_of(text), want, "{text}");
    }

    #[test]
    fn an_instant_is_counted_from_1970() {
        check("1970-01-01", Some(0));
        check("2016-07-01 00:00:00", Some(1_467_331_200));
        check("2004-02-29T23:59:59Z", Some(1_078_099_199));
        check("2100-03-01 00:00", Some(4_107_542_400));
        check("1969-12-31 23:00:00", Some(-3_600));
    }

    #[test]
    fn what_is_no_instant_is_none() {
        check("", None);
        check("10/03/2004", None);
        check("2004-13-01", None);
        check("2004-03-10 noon", None);
        check("2004-03-10 99:00", None);
        check("2004-03-10 nan:00", None);
    }
}
