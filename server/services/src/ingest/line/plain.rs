//! Lines as nearly everybody sends them: printable ASCII, nothing escaped or quoted, numbers only.
//!
//! It takes less than the grammar allows and reads that as the kept parser does: whatever it does not know at once it
//! leaves to that one.

/// A line in parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plain<'a> {
    /// The line, without its end.
    pub raw: &'a str,
    pub measurement: &'a str,
    /// The first tag `asset`.
    pub asset: Option<&'a str>,
    pub t: Option<i64>,
}

/// Reads the line at the start of `body` and puts its fields into `fields`; `None` where it is not a plain one.
pub fn line<'a>(body: &'a str, fields: &mut Vec<(&'a str, f64)>) -> Option<Plain<'a>> {
    fields.clear();
    let mut rest = Rest { body, at: 0 };
    let measurement = rest.name()?;
    if measurement.starts_with('#') {
        return None;
    }
    let mut asset = None;
    while rest.skip(b',') {
        let key = rest.name()?;
        rest.expect(b'=')?;
        let value = rest.name()?;
        if key == "asset" {
            asset = asset.or(Some(value));
        }
    }
    rest.expect(b' ')?;
    loop {
        let key = rest.name()?;
        rest.expect(b'=')?;
        fields.push((key, rest.value()?));
        if !rest.skip(b',') {
            break;
        }
    }
    let t = if rest.skip(b' ') { Some(rest.whole()?.parse().ok()?) } else { None };
    matches!(rest.peek(), None | Some(b'\n')).then_some(Plain { raw: &body[..rest.at], measurement, asset, t })
}

/// What is left of a body.
struct Rest<'a> {
    body: &'a str,
    at: usize,
}

impl<'a> Rest<'a> {
    fn peek(&self) -> Option<u8> {
        self.body.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.skip(byte).then_some(())
    }

    /// The bytes of which `is_part` holds; `None` if there is none.
    fn run(&mut self, is_part: impl Fn(u8) -> bool) -> Option<&'a str> {
        let bytes = &self.body.as_bytes()[self.at..];
        let length = bytes.iter().position(|byte| !is_part(*byte)).unwrap_or(bytes.len());
        let start = self.at;
        self.at += length;
        // Only ASCII was passed: these are the bounds of characters.
        (length > 0).then(|| &self.body[start..self.at])
    }

    /// A measurement, a key or a tag's value.
    fn name(&mut self) -> Option<&'a str> {
        self.run(|byte| byte.is_ascii_graphic() && !matches!(byte, b',' | b'=' | b'"' | b'\\'))
    }

    fn digits(&mut self) -> Option<&'a str> {
        self.run(|byte| byte.is_ascii_digit())
    }

    /// A whole number: a time.
    fn whole(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.skip(b'-');
        self.digits()?;
        Some(&self.body[start..self.at])
    }

    /// A finite number, or a whole one with an `i`.
    fn value(&mut self) -> Option<f64> {
        let start = self.at;
        self.whole()?;
        if self.peek() == Some(b'i') {
            let value: i64 = self.body[start..self.at].parse().ok()?;
            self.at += 1;
            return Some(value as f64);
        }
        if self.skip(b'.') {
            self.digits()?;
        }
        if self.skip(b'e') || self.skip(b'E') {
            let _ = self.skip(b'-') || self.skip(b'+');
            self.digits()?;
        }
        self.body[start..self.at].parse().ok().filter(|value: &f64| value.is_finite())
    }
}
