//! The ledger: one line an acknowledged message, written only once the acknowledgement was received.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::Path,
};

use anyhow::{Context, bail};

use super::{
    plan::{Plan, Stream},
    source::{Message, Run},
    wave::{Wave, whole},
};

const TITLE: &str = "twinlight-ledger 1";

/// A ledger that is being written. Every line goes to the operating system at once: it survives what it watches.
#[derive(Debug)]
pub struct Ledger(File);

impl Ledger {
    /// Makes the file, with what every line of it is about. One that is there already is somebody's evidence.
    pub fn create(path: &Path, plan: &Plan, seed: u64) -> anyhow::Result<Ledger> {
        let mut file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(path)
            .with_context(|| format!("the ledger `{}`", path.display()))?;
        let mut head = format!("{TITLE} {seed}\n");
        for stream in &plan.streams {
            let Stream { asset, signal, number, unit, kept_in, scale, start, step, wave } = stream;
            let Wave { middle, swing, digits, .. } = wave;
            head += &format!(
                "stream {asset} {signal} {number} {unit} {kept_in} {scale} {start} {step} {middle} {swing} {digits}\n"
            );
        }
        file.write_all(head.as_bytes()).context("the ledger cannot be written")?;
        Ok(Ledger(file))
    }

    /// Writes down that these messages were acknowledged.
    pub fn write<'a>(&self, messages: impl Iterator<Item = &'a Message>) -> std::io::Result<()> {
        let mut lines = Vec::new();
        for message in messages {
            for (place, run) in message.runs.iter().enumerate() {
                lines.push(if place == 0 { b'+' } else { b',' });
                for number in [run.stream as u64, run.first, run.stride, run.count] {
                    lines.push(b' ');
                    whole(&mut lines, number);
                }
            }
            lines.push(b'\n');
        }
        // One write: lines of several publishers do not mix in a file that is appended to.
        (&self.0).write_all(&lines)
    }
}

/// Reads a ledger: its streams, then `each` run of it. A last line without an end was never finished.
pub fn read(path: &Path, mut each: impl FnMut(Run)) -> anyhow::Result<Vec<Stream>> {
    let file = File::open(path).with_context(|| format!("the ledger `{}`", path.display()))?;
    let mut lines = BufReader::new(file);
    let (mut line, mut number) = (String::new(), 0);
    let (mut seed, mut streams) = (0, Vec::new());
    loop {
        line.clear();
        number += 1;
        if lines.read_line(&mut line)? == 0 || !line.ends_with('\n') {
            break;
        }
        let text = line.trim_end();
        let wrong = || format!("`{}` line {number} is of no ledger: `{text}`", path.display());
        if number == 1 {
            let rest = text.strip_prefix(TITLE).and_then(|rest| rest.trim().parse().ok());
            seed = rest.with_context(wrong)?;
        } else if let Some(rest) = text.strip_prefix("stream ") {
            streams.push(stream(seed, rest).with_context(wrong)?);
        } else {
            let rest = text.strip_prefix("+ ").with_context(wrong)?;
            for part in rest.split(", ") {
                let run = run(part).with_context(wrong)?;
                if run.stream >= streams.len() || run.count == 0 || run.stride == 0 {
                    bail!("{}", wrong());
                }
                each(run);
            }
        }
    }
    if streams.is_empty() {
        bail!("`{}` is no ledger", path.display());
    }
    Ok(streams)
}

fn stream(seed: u64, text: &str) -> Option<Stream> {
    let words: Vec<&str> = text.split(' ').collect();
    let [asset, signal, number, unit, kept_in, scale, start, step, middle, swing, digits] = words[..] else {
        return None;
    };
    let wave = Wave::of(seed, asset, signal, middle.parse().ok()?, swing.parse().ok()?, digits.parse().ok()?);
    Some(Stream {
        asset: asset.into(),
        signal: signal.into(),
        number: number.parse().ok()?,
        unit: unit.into(),
        kept_in: kept_in.into(),
        scale: scale.parse().ok()?,
        start: start.parse().ok()?,
        step: step.parse().ok().filter(|step: &i64| *step > 0)?,
        wave,
    })
}

fn run(text: &str) -> Option<Run> {
    let mut numbers = text.split(' ').map(|word| word.parse::<u64>().ok());
    let mut next = || numbers.next().flatten();
    let run = Run { stream: usize::try_from(next()?).ok()?, first: next()?, stride: next()?, count: next()? };
    numbers.next().is_none().then_some(run)
}
