//! The known name that somebody may have meant.

use alloc::{format, string::String, vec::Vec};

/// Says that there is no such thing, and what was perhaps meant.
pub fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(close) => format!("unknown {what} `{name}`; did you mean `{close}`?"),
        None => {
            let all: Vec<&str> = known.into_iter().take(24).collect();
            let all = match all[..] {
                [] => String::from("is none"),
                [only] => format!("is only `{only}`"),
                _ => format!("are {}", all.join(", ")),
            };
            format!("unknown {what} `{name}`; there {all}")
        }
    }
}

/// The name of `known` that `name` is closest to, where it is close: one letter in three may differ.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = ((name.len() + 1) / 3).max(1);
    let close = |known: &'a str| {
        let steps = distance(name, known);
        (steps <= most && steps < known.len()).then_some((steps, known))
    };
    known.into_iter().filter_map(close).min().map(|(_, known)| known)
}

/// How many letters must be put in, taken out, changed or swapped with the next.
fn distance(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > 8 || a.len() > 64 {
        return usize::MAX;
    }
    let (a, b) = (a.to_ascii_lowercase().into_bytes(), b.to_ascii_lowercase().into_bytes());
    // By how much of `b` is there, after one letter of `a` less than now, and after two less.
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut before = last.clone();
    for i in 0..a.len() {
        let mut row = alloc::vec![i + 1];
        for j in 0..b.len() {
            let change = last[j] + usize::from(a[i] != b[j]);
            let mut least = change.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = core::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(nearest(name, ["noise", "observes", "range", "q_b", "r_s"]), expected, "{name}");
    }

    #[test]
    fn a_slip_of_the_keyboard_is_seen_through() {
        check("nose", Some("noise"));
        check("Range", Some("range"));
        check("obsreves", Some("observes"));
        check("qb", Some("q_b"));
        check("nosie", Some("noise"));
        check("r_ss", Some("r_s"));
        check("_rs", Some("r_s"));
        check("temperature", None);
        check("x", None);
    }
}
