//! The known name that somebody may have meant.

use alloc::{format, string::String, vec::Vec};

/// Says that there is no such thing, and what was perhaps meant.
pub(super) fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(close) => format!("unknown {what} `{name}`; did you mean `{close}`?"),
        None => {
            let all: Vec<&str> = known.into_iter().take(24).collect();
            let all = if all.is_empty() { String::from("is none") } else { format!("are {}", all.join(", ")) };
            format!("unknown {what} `{name}`; there {all}")
        }
    }
}

/// The name of `known` that `name` is closest to, where it is close: one letter in three may differ.
fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = ((name.len() + 1) / 3).max(1);
    let close = |known: &'a str| {
        let steps = distance(name, known);
        (steps <= most && steps < known.len()).then_some((steps, known))
    };
    known.into_iter().filter_map(close).min().map(|(_, known)| known)
}

/// How many letters must be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > 8 || a.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let change = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
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
        check("temperature", None);
        check("x", None);
    }
}
