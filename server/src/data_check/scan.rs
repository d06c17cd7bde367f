//! Cuts a file into lines or into the elements of one array, each with its line; never holds more than one.

use std::io::{BufRead, Error};

/// The longest line or element.
pub const LONGEST: usize = 64 * 1024;

/// A piece of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Where it starts, and what it says.
    Whole(u64, String),
    TooLong(u64),
    /// The array ends before the file does, or the file before the array.
    Ragged(u64, &'static str),
}

/// The next line that is not blank; `line` counts those read.
pub fn next_line(file: &mut dyn BufRead, line: &mut u64) -> Result<Option<Piece>, Error> {
    loop {
        let mut bytes = Vec::new();
        let end = take_until(file, &mut bytes, |byte| byte == b'\n')?;
        if end == End::OfFile && bytes.is_empty() {
            return Ok(None);
        }
        *line += 1;
        if bytes.len() > LONGEST {
            return Ok(Some(Piece::TooLong(*line)));
        }
        let text = String::from_utf8_lossy(&bytes);
        if !text.trim().is_empty() {
            return Ok(Some(Piece::Whole(*line, text.trim().to_owned())));
        }
    }
}

#[derive(PartialEq, Eq)]
enum End {
    Found,
    OfFile,
}

/// Reads up to the byte that `is_last` names and past it; of what is too long it keeps a little more than allowed.
fn take_until(file: &mut dyn BufRead, kept: &mut Vec<u8>, mut is_last: impl FnMut(u8) -> bool) -> Result<End, Error> {
    loop {
        let bytes = file.fill_buf()?;
        if bytes.is_empty() {
            return Ok(End::OfFile);
        }
        let found = bytes.iter().position(|byte| is_last(*byte));
        let taken = found.map_or(bytes.len(), |place| place + 1);
        let room = (LONGEST + 1).saturating_sub(kept.len());
        kept.extend_from_slice(&bytes[..found.unwrap_or(taken).min(room)]);
        file.consume(taken);
        if found.is_some() {
            return Ok(End::Found);
        }
    }
}

/// Walks through the elements of one JSON array.
#[derive(Debug, Default)]
pub struct Elements {
    line: u64,
    has_opened: bool,
    has_ended: bool,
}

impl Elements {
    /// The next element.
    pub fn next(&mut self, file: &mut dyn BufRead) -> Result<Option<Piece>, Error> {
        if self.has_ended {
            return Ok(None);
        }
        if !self.has_opened {
            (self.line, self.has_opened) = (1, true);
            self.skip(file)?;
            file.consume(1);
        }
        match self.skip(file)? {
            None => {
                self.has_ended = true;
                Ok(Some(Piece::Ragged(self.line, "the array does not end")))
            }
            Some(b']') => {
                file.consume(1);
                self.has_ended = true;
                let more = self.skip(file)?.is_some();
                Ok(more.then_some(Piece::Ragged(self.line, "something follows the array")))
            }
            Some(_) => self.element(file).map(Some),
        }
    }

    /// Passes blanks and commas; gives what stands after them.
    fn skip(&mut self, file: &mut dyn BufRead) -> Result<Option<u8>, Error> {
        loop {
            let Some(next) = file.fill_buf()?.first().copied() else { return Ok(None) };
            if !(next.is_ascii_whitespace() || next == b',') {
                return Ok(Some(next));
            }
            self.line += u64::from(next == b'\n');
            file.consume(1);
        }
    }

    fn element(&mut self, file: &mut dyn BufRead) -> Result<Piece, Error> {
        let first = self.line;
        let mut bytes = Vec::new();
        let (mut depth, mut in_text, mut is_escaped) = (0usize, false, false);
        // Stops before the comma or bracket that ends the element, which is passed by the next call.
        loop {
            let ready = file.fill_buf()?;
            if ready.is_empty() {
                break;
            }
            let mut taken = 0;
            let mut has_ended = false;
            for byte in ready {
                match byte {
                    _ if is_escaped => is_escaped = false,
                    b'\\' if in_text => is_escaped = true,
                    b'"' => in_text = !in_text,
                    _ if in_text => {}
                    b'{' | b'[' => depth += 1,
                    b',' | b']' | b'}' if depth == 0 => has_ended = true,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                if has_ended {
                    break;
                }
                self.line += u64::from(*byte == b'\n');
                taken += 1;
            }
            let room = (LONGEST + 1).saturating_sub(bytes.len());
            bytes.extend_from_slice(&ready[..taken.min(room)]);
            // A brace that was never opened is no end of anything.
            let is_stray = has_ended && ready[taken] == b'}';
            file.consume(taken + usize::from(is_stray));
            if has_ended {
                break;
            }
        }
        if bytes.len() > LONGEST {
            return Ok(Piece::TooLong(first));
        }
        Ok(Piece::Whole(first, String::from_utf8_lossy(&bytes).trim().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn shown(piece: Piece) -> String {
        match piece {
            Piece::Whole(line, text) => format!("{line}:{text}"),
            Piece::TooLong(line) => format!("{line} too long"),
            Piece::Ragged(line, why) => format!("{line} {why}"),
        }
    }

    /// The elements, read through a buffer of a few bytes: they may be cut anywhere.
    fn check(text: &str, expected: &[&str]) {
        for room in [1, 3, 4096] {
            let mut file = BufReader::with_capacity(room, text.as_bytes());
            let mut elements = Elements::default();
            let mut found = Vec::new();
            while let Some(piece) = elements.next(&mut file).unwrap() {
                found.push(shown(piece));
            }
            assert_eq!(found, expected, "{text} with {room} bytes");
        }
    }

    #[test]
    fn an_array_is_cut_into_its_elements() {
        check("[]", &[]);
        check("[1,{\"a\":[1,2]},\n \"x,]\\\"\" ]", &["1:1", "1:{\"a\":[1,2]}", "2:\"x,]\\\"\""]);
        check("\n[\n{\"a\":\n1},\n\n{\"b\":2}\n]\n", &["3:{\"a\":\n1}", "6:{\"b\":2}"]);
    }

    #[test]
    fn a_ragged_array_says_so() {
        check("[1", &["1:1", "1 the array does not end"]);
        check("[1]\nx", &["1:1", "2 something follows the array"]);
        check("[}}1]", &["1:", "1:", "1:1"]);
    }

    #[test]
    fn what_is_too_long_is_passed_over() {
        let long = "x".repeat(LONGEST + 1);
        check(&format!("[\"{long}\",2]"), &["1 too long", "1:2"]);
        let text = format!("a\n\n{long}\nb");
        let (mut file, mut line, mut found) = (text.as_bytes(), 0, Vec::new());
        while let Some(piece) = next_line(&mut file, &mut line).unwrap() {
            found.push(shown(piece));
        }
        assert_eq!(found, ["1:a", "3 too long", "4:b"]);
    }
}
