//! The words of an expression: numbers with their units, names, symbols.

use alloc::{format, string::String, string::ToString, vec::Vec};

use super::tree::Fault;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A number, and its unit in square brackets where one is written.
    Number(f64, Option<String>),
    Name(String),
    Symbol(&'static str),
}

/// A token and the bytes it takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub token: Token,
    pub from: usize,
    pub to: usize,
}

impl core::fmt::Display for Token {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Token::Number(number, None) => write!(f, "number `{number}`"),
            Token::Number(number, Some(unit)) => write!(f, "number `{number}[{unit}]`"),
            Token::Name(name) => write!(f, "`{name}`"),
            Token::Symbol(symbol) => write!(f, "`{symbol}`"),
        }
    }
}

/// Longer symbols first.
const SYMBOLS: &[&str] = &["<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "^", "(", ")", ","];

pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (token, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first.is_ascii_digit() || first == '.' {
            number(rest, at)?
        } else if first.is_ascii_alphabetic() || first == '_' {
            let length = name_length(rest);
            (Token::Name(rest[..length].to_string()), length)
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            (Token::Symbol(symbol), symbol.len())
        } else {
            return Err(Fault { at, message: format!("unexpected `{first}`") });
        };
        found.push(Placed { token, from: at, to: at + length });
        at += length;
    }
    Ok(found)
}

/// How many bytes of `text` are a name: words of letters, digits and `_`, joined by dots where parts have names.
pub(super) fn name_length(text: &str) -> usize {
    let word = |text: &str| {
        let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if starts { text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len()) } else { 0 }
    };
    let mut length = word(text);
    while let Some(rest) = text[length..].strip_prefix('.') {
        let more = word(rest);
        if more == 0 || length == 0 {
            break;
        }
        length += 1 + more;
    }
    length
}

fn number(rest: &str, at: usize) -> Result<(Token, usize), Fault> {
    let length = number_length(rest);
    let number =
        rest[..length].parse().map_err(|_| Fault { at, message: format!("`{}` is not a number", &rest[..length]) })?;
    let after = &rest[length..];
    let Some(inner) = after.trim_start().strip_prefix('[') else { return Ok((Token::Number(number, None), length)) };
    let Some(end) = inner.find(']') else {
        return Err(Fault { at: at + length, message: String::from("expected `]` after a unit") });
    };
    let whole = length + (after.len() - inner.len()) + end + 1;
    Ok((Token::Number(number, Some(inner[..end].trim().to_string())), whole))
}

fn number_length(text: &str) -> usize {
    let mut before = ' ';
    text.find(|c: char| {
        let belongs = c.is_ascii_digit()
            || c == '.'
            || c == 'e'
            || c == 'E'
            || ((c == '+' || c == '-') && (before == 'e' || before == 'E'));
        before = c;
        !belongs
    })
    .unwrap_or(text.len())
}
