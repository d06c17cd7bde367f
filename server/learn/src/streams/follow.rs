//! A detector follows a recording as it would have come, a row at a time, and what it says is written down.

use std::{
    fmt::Display,
    io::{self, Write},
    time::{Duration, Instant},
};

use twin::streams::{Detector, Kind, Said};

use super::{
    account::Account,
    mapping::{Cell, Mapping},
    read::Recording,
};
use crate::cell::quoted;

/// Which rows of a recording are followed, and what is shown of its references.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    /// The place of the reference, and what it is of.
    pub target: Option<(usize, &'a str)>,
    /// Rows before this one were learnt from.
    pub from: usize,
    /// Every so many rows a reference is shown; never for 0.
    pub every: usize,
}

/// Where lines go.
pub struct Lines<'a, W> {
    pub mapping: &'a Mapping,
    pub out: W,
    /// What begins, ends and changes.
    pub events: Option<W>,
    /// What was true of each key, where that is asked for.
    pub truth: Option<W>,
    pub account: Account,
    pub cost: Cost,
}

/// What following took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    pub samples: u32,
    pub time: Duration,
    /// Of the largest detector, with all that it learnt.
    pub bytes: usize,
}

/// What is written of a row.
struct Line<'a> {
    recording: &'a Recording,
    target: &'a str,
    row: usize,
    secs: i64,
    /// `None` where a number is missing that it follows from.
    said: Option<Said>,
    truth: f64,
}

impl<W: Write> Lines<'_, W> {
    pub fn heads(&mut self) -> anyhow::Result<()> {
        let heads: Vec<_> = self.mapping.said.head.iter().map(|head| quoted(head)).collect();
        writeln!(self.out, "{}", heads.join(","))?;
        if let Some(events) = &mut self.events {
            writeln!(events, "recording,target,row,secs,what,channel,ratio")?;
        }
        if let Some(truth) = &mut self.truth {
            writeln!(truth, "key,value")?;
        }
        Ok(())
    }

    pub fn follow(&mut self, detector: &mut Detector, recording: &Recording, course: Course) -> anyhow::Result<()> {
        let is_window = detector.kind() == Kind::Window;
        let target = course.target.map_or("", |(_, name)| name);
        let length = self.mapping.learn.windows.map_or(1, |own| own.length);
        let mut was_alarm = false;
        let mut windows = 0;
        for (row, values) in recording.rows().iter().enumerate() {
            let t = recording.times[row];
            let truth = course.target.map_or(f64::NAN, |(place, _)| recording.references[place][row]);
            let secs = t.0.div_euclid(1_000_000);
            let mut line = Line { recording, target, row, secs, said: Some(Said::default()), truth };
            if row < course.from {
                self.account.learnt += 1;
                if self.mapping.said.has_learnt {
                    self.write(&line)?;
                }
                continue;
            }
            let mut told = values.to_vec();
            if course.target.is_some() {
                let is_shown = course.every > 0 && (row - course.from).is_multiple_of(course.every);
                told.push(if is_shown { truth } else { f64::NAN });
            }
            let begin = Instant::now();
            let said = detector.step(t, &told);
            self.cost.time += begin.elapsed();
            self.cost.samples += 1;
            line.said = said;
            if is_window {
                if said.is_some() {
                    line.row = windows;
                    line.truth = recording.states.get(windows).copied().map_or(f64::NAN, f64::from);
                    self.write(&line)?;
                }
                if (row + 1).is_multiple_of(length) {
                    self.account.count(recording, windows, said, values, was_alarm);
                    windows += 1;
                }
                continue;
            }
            self.account.count(recording, row, said, values, was_alarm);
            self.write(&line)?;
            // Where a sample is missing, all is as it was, and nothing begins.
            if let Some(said) = said {
                self.happened(&line, said, was_alarm)?;
                was_alarm = said.is_alarm;
            }
        }
        self.cost.bytes = self.cost.bytes.max(detector.to_bytes().len());
        Ok(())
    }

    fn write(&mut self, line: &Line) -> anyhow::Result<()> {
        let row = line.row.to_string();
        let parts = [line.recording.name.as_str(), line.target, row.as_str()];
        let key = || parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        for (place, cell) in self.mapping.said.cells.iter().enumerate() {
            if place > 0 {
                write!(self.out, ",")?;
            }
            let said = line.said.as_ref();
            match cell {
                Cell::Recording => write!(self.out, "{}", quoted(&line.recording.name))?,
                Cell::Target => write!(self.out, "{}", quoted(line.target))?,
                Cell::Key => write!(self.out, "{}", quoted(&key()))?,
                Cell::Row => match line.recording.numbers.get(line.row) {
                    Some(number) => write!(self.out, "{number}")?,
                    None => write!(self.out, "{}", line.row)?,
                },
                Cell::Secs => write!(self.out, "{}", line.secs)?,
                // What was not looked at is neither as ever nor otherwise.
                Cell::Alarm => cell_of(&mut self.out, said.map(|said| u8::from(said.is_alarm)))?,
                Cell::Change => cell_of(&mut self.out, said.map(|said| u8::from(said.is_change)))?,
                Cell::Ratio => cell_of(&mut self.out, said.map(|said| said.ratio))?,
                Cell::Channel => cell_of(&mut self.out, said.and_then(|said| said.channel))?,
                Cell::Reading => cell_of(&mut self.out, said.and_then(|said| said.reading))?,
                Cell::State => cell_of(&mut self.out, said.and_then(|said| said.state))?,
                Cell::Truth => write!(self.out, "{}", line.truth)?,
            }
        }
        writeln!(self.out)?;
        if let Some(truth) = self.truth.as_mut().filter(|_| line.truth.is_finite()) {
            writeln!(truth, "{},{}", quoted(&key()), line.truth)?;
        }
        Ok(())
    }

    fn happened(&mut self, line: &Line, said: Said, was_alarm: bool) -> anyhow::Result<()> {
        let Some(events) = &mut self.events else { return Ok(()) };
        let Line { recording, target, row, secs, .. } = line;
        let (name, target) = (quoted(&recording.name), quoted(target));
        let channel = said.channel.map(|channel| channel.to_string()).unwrap_or_default();
        let begun_or_over = match (was_alarm, said.is_alarm) {
            (false, true) => Some("alarm"),
            (true, false) => Some("over"),
            _ => None,
        };
        for what in begun_or_over.into_iter().chain(said.is_change.then_some("change")) {
            writeln!(events, "{name},{target},{row},{secs},{what},{channel},{}", said.ratio)?;
        }
        Ok(())
    }
}

/// Writes what there is; nothing is an empty cell.
fn cell_of(out: &mut impl Write, value: Option<impl Display>) -> io::Result<()> {
    value.map_or(Ok(()), |value| write!(out, "{value}"))
}
