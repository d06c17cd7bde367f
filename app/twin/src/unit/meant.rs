//! The unit that somebody may have meant by one that is not known, or that does not fit.

#[cfg(test)]
mod tests;
mod words;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use self::words::{FOREIGN, MISTAKEN, WORDS};
use super::{ATOMS, Dimension, PREFIXES, Unit, parse_atom, parse_term};

/// Units that are written together, as `Nm`, are at most so many.
const JOINED: usize = 4;
/// Readings of a unit that are followed.
const MOST: usize = 8;
/// Bytes of a unit beyond this are not looked at.
const LONGEST: usize = 40;

/// Reads a unit; where it is not known, the error says what may have been meant.
pub fn parse(text: &str) -> Result<Unit, String> {
    Unit::parse(text).map_err(|wrong| match perhaps(text, |_| true) {
        Some(hint) => format!("{wrong}; {hint}"),
        None => wrong,
    })
}

/// What to say of `text`, which is in the place of a unit like `wanted` and is not of its dimension.
pub fn instead(text: &str, wanted: &str) -> Option<String> {
    let wanted = Unit::parse(wanted).ok()?;
    match Unit::parse(text) {
        Err(_) => perhaps(text, |own| Unit::parse(own).is_ok_and(|own| own.dimension == wanted.dimension)),
        Ok(unit) => taken_for(text, &quotient(&unit.dimension, &wanted.dimension)),
    }
}

/// Of a known unit that is often written for another: what it is, where that other would make the difference `off`
/// between two dimensions go away.
pub fn taken_for(text: &str, off: &Dimension) -> Option<String> {
    let explains = |wrong: &str, meant: &str| {
        let (Ok(wrong), Ok(meant)) = (Unit::parse(wrong), Unit::parse(meant)) else { return false };
        let own = quotient(&wrong.dimension, &meant.dimension);
        (-3..=3).any(|times: i8| times != 0 && own.map(|exponent| exponent.saturating_mul(times)) == *off)
    };
    let is_part = |wrong: &str| text.split(['.', '/']).any(|part| part == wrong);
    let (wrong, name, meant) = MISTAKEN.iter().find(|(wrong, _, meant)| is_part(wrong) && explains(wrong, meant))?;
    let is_point = Unit::parse(meant).is_ok_and(|unit| unit.offset != 0.0);
    let meant = if is_point && text != *wrong { "K" } else { meant };
    Some(format!("`{wrong}` is {name}: did you mean `{meant}`?"))
}

/// By which exponents `a` differs from `b`.
pub fn quotient(a: &Dimension, b: &Dimension) -> Dimension {
    let mut own = *a;
    own.iter_mut().zip(b).for_each(|(own, other)| *own = own.saturating_sub(*other));
    own
}

/// A hint for a unit that is not known: `did you mean ...?`, or what to write instead, where that `fits`.
fn perhaps(text: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
    let text = text.trim();
    if let Some((_, known, is)) = FOREIGN.iter().find(|(foreign, ..)| foreign.eq_ignore_ascii_case(text)) {
        return fits(known).then(|| format!("write it in `{known}`: 1 {text} is {is}"));
    }
    let ways = spellings(text);
    let ways: Vec<String> = ways.iter().filter(|way| fits(way)).map(|way| format!("`{way}`")).collect();
    (!ways.is_empty()).then(|| format!("did you mean {}?", ways.join(" or ")))
}

/// The accepted spellings that `text` may stand for, the likeliest first; none where nothing is near.
pub fn spellings(text: &str) -> Vec<String> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    if let Some(word) = word(text) {
        return Vec::from([word.to_string()]);
    }
    let plain = plain(text);
    let mut ways = Vec::from([String::new()]);
    // What stands below a line stays there: `J/kgK` and `J/(kg*K)` are `J/kg/K`.
    for (line, part) in (0..).zip(plain.split('/')) {
        let joint = if line == 0 { '.' } else { '/' };
        for term in part.split('.') {
            let terms = terms(term);
            let longer = ways.iter().flat_map(|way| terms.iter().map(move |term| joined(way, term, joint)));
            ways = longer.take(MOST).collect();
        }
    }
    ways.retain(|way| way != text && Unit::parse(way).is_ok());
    ways.truncate(2);
    ways
}

/// A unit with one more term; a point on a scale has no part in other units, its difference has.
fn joined(way: &str, term: &[String], joint: char) -> String {
    let mut own = String::from(way);
    for part in term {
        if !own.is_empty() {
            own.push(joint);
        }
        own.push_str(part);
    }
    let is_point = |part: &str| parse_atom(part).is_some_and(|unit| unit.offset != 0.0);
    if !own.contains(['.', '/']) || !own.split(['.', '/']).any(is_point) {
        return own;
    }
    let mut whole = String::with_capacity(own.len());
    for part in own.split_inclusive(['.', '/']) {
        let bare = part.trim_end_matches(['.', '/']);
        whole.push_str(if is_point(bare) { "K" } else { bare });
        whole.push_str(&part[bare.len()..]);
    }
    whole
}

/// `text` with the signs of the language: `.`, `/` and exponents as digits, without brackets, blanks and marks.
fn plain(text: &str) -> String {
    let mut own = String::with_capacity(text.len());
    for sign in text.replace(" per ", "/").replace("**", "^").replace(" ^ ", "^").chars() {
        match sign {
            '^' | '(' | ')' | '[' | ']' => {}
            '*' | '·' | '⋅' | '×' | ' ' => own.push('.'),
            '¹' => own.push('1'),
            '²' => own.push('2'),
            '³' => own.push('3'),
            '⁴' => own.push('4'),
            '⁻' | '−' => own.push('-'),
            'µ' | 'μ' => own.push('u'),
            'Ω' | '\u{2126}' => own.push_str("ohm"),
            sign => own.push(sign),
        }
    }
    for (twice, once) in [("..", "."), ("..", "."), ("./", "/"), ("/.", "/")] {
        own = own.replace(twice, once);
    }
    own
}

/// The known terms that a term may stand for: one, or several that were written together.
fn terms(term: &str) -> Vec<Vec<String>> {
    let one = |name: &str| Vec::from([Vec::from([name.to_string()])]);
    if parse_term(term).is_some() {
        return one(term);
    }
    if let Some(word) = word(term).filter(|word| !word.contains(['/', '.'])) {
        return one(word);
    }
    let name = term.trim_end_matches(|sign: char| sign.is_ascii_digit() || sign == '-');
    let power = &term[name.len()..];
    if let Some(word) = word(name).filter(|word| !word.contains('/') && (power.is_empty() || !word.contains('.'))) {
        let with_power = |part: &str| format!("{part}{power}");
        return Vec::from([word.split('.').map(with_power).collect()]);
    }
    if let Some(parts) = written_together(term, JOINED) {
        return Vec::from([parts]);
    }
    // Kilo before mega before milli: which of `mw` and `MW` is meant, only the writer knows.
    let prefixes = ["", "k", "M", "m"].into_iter().chain(PREFIXES.iter().map(|(prefix, _)| *prefix));
    let mut found: Vec<Vec<String>> = Vec::new();
    for prefix in prefixes {
        for atom in ATOMS.iter().filter(|atom| prefix.is_empty() || atom.takes_prefix) {
            let is_it = name.len() == prefix.len() + atom.name.len()
                && name.get(..prefix.len()).is_some_and(|own| own.eq_ignore_ascii_case(prefix))
                && name.get(prefix.len()..).is_some_and(|own| own.eq_ignore_ascii_case(atom.name));
            let own = format!("{prefix}{}{power}", atom.name);
            if is_it && !found.iter().any(|known| known[0] == own) {
                found.push(Vec::from([own]));
            }
        }
    }
    found
}

/// The terms of `kgK`, `Nm`, `m2K`: what stands first is no lone letter that is a prefix to others, as the h of `hPa`.
fn written_together(term: &str, most: usize) -> Option<Vec<String>> {
    const AMBIGUOUS: [&str; 8] = ["a", "d", "h", "t", "T", "H", "F", "K"];
    for (at, _) in term.char_indices().rev().filter(|(at, _)| *at > 0) {
        let (first, rest) = term.split_at(at);
        let is_cut_number = rest.starts_with(|sign: char| sign.is_ascii_digit());
        if is_cut_number || AMBIGUOUS.contains(&first) || parse_term(first).is_none() {
            continue;
        }
        if parse_term(rest).is_some() {
            return Some(Vec::from([first.to_string(), rest.to_string()]));
        }
        if most > 2
            && let Some(mut parts) = written_together(rest, most - 1)
        {
            parts.insert(0, first.to_string());
            return Some(parts);
        }
    }
    None
}

/// What is written for a word, as `min` for `minutes`: as it stands in the table, or else in capitals or without.
fn word(text: &str) -> Option<&'static str> {
    let known = |is_it: fn(&str, &str) -> bool| {
        let has = |words: &&(&[&str], &'static str)| words.0.iter().any(|word| is_it(word, text));
        WORDS.iter().find(has).map(|(_, known)| *known)
    };
    known(|word, text| word == text).or_else(|| known(|word, text| text.len() > 2 && word.eq_ignore_ascii_case(text)))
}
