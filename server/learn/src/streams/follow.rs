//! A detector follows a recording as it would have come, a row at a time, and what it says is written down.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use twin::streams::{Detector, Kind, Said};

use super::{
    mapping::{Cell, Mapping},
    read::Recording,
};

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
pub struct Lines<'a> {
    pub mapping: &'a Mapping,
    pub out: Box<dyn Write>,
    /// What begins, ends and changes.
    pub events: Option<Box<dyn Write>>,
    /// What was true of each key, where that is asked for.
    pub truth: Option<Box<dyn Write>>,
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
    said: Said,
    truth: f64,
}

impl Lines<'_> {
    pub fn heads(&mut self) -> anyhow::Result<()> {
        writeln!(self.out, "{}", self.mapping.said.head.join(","))?;
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
        let mut was_alarm = false;
        let mut windows = 0;
        for (row, values) in recording.rows().iter().enumerate() {
            let t = recording.times[row];
            let truth = course.target.map_or(f64::NAN, |(place, _)| recording.references[place][row]);
            let mut line =
                Line { recording, target, row, secs: t.0.div_euclid(1_000_000), said: Said::default(), truth };
            if row < course.from {
                if self.mapping.said.has_learnt {
                    self.write(&line)?;
                }
                continue;
            }
            let mut values = values.to_vec();
            if course.target.is_some() {
                let is_shown = course.every > 0 && (row - course.from).is_multiple_of(course.every);
                values.push(if is_shown { truth } else { f64::NAN });
            }
            let begin = Instant::now();
            let said = detector.step(t, &values);
            self.cost.time += begin.elapsed();
            self.cost.samples += 1;
            if is_window {
                if let Some(said) = said {
                    (line.said, line.row) = (said, windows);
                    line.truth = recording.states.get(windows).copied().map_or(f64::NAN, f64::from);
                    self.write(&line)?;
                }
                windows +=
                    usize::from((row + 1).is_multiple_of(self.mapping.learn.windows.map_or(1, |own| own.length)));
                continue;
            }
            // Where a sample is missing, all is as it was, and nothing begins.
            line.said = said.unwrap_or(Said { is_alarm: was_alarm, ..Said::default() });
            self.write(&line)?;
            self.happened(&line, was_alarm)?;
            was_alarm = line.said.is_alarm;
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
            let said = &line.said;
            match cell {
                Cell::Recording => write!(self.out, "{}", line.recording.name)?,
                Cell::Target => write!(self.out, "{}", line.target)?,
                Cell::Key => write!(self.out, "{}", key())?,
                Cell::Row => match line.recording.numbers.get(line.row) {
                    Some(number) => write!(self.out, "{number}")?,
                    None => write!(self.out, "{}", line.row)?,
                },
                Cell::Secs => write!(self.out, "{}", line.secs)?,
                Cell::Alarm => write!(self.out, "{}", u8::from(said.is_alarm))?,
                Cell::Change => write!(self.out, "{}", u8::from(said.is_change))?,
                Cell::Ratio => write!(self.out, "{}", said.ratio)?,
                Cell::Channel => said.channel.iter().try_for_each(|channel| write!(self.out, "{channel}"))?,
                Cell::Reading => said.reading.iter().try_for_each(|reading| write!(self.out, "{reading}"))?,
                Cell::State => said.state.iter().try_for_each(|state| write!(self.out, "{state}"))?,
                Cell::Truth => write!(self.out, "{}", line.truth)?,
            }
        }
        writeln!(self.out)?;
        if let Some(truth) = self.truth.as_mut().filter(|_| line.truth.is_finite()) {
            writeln!(truth, "{},{}", key(), line.truth)?;
        }
        Ok(())
    }

    fn happened(&mut self, line: &Line, was_alarm: bool) -> anyhow::Result<()> {
        let Some(events) = &mut self.events else { return Ok(()) };
        let Line { recording, target, row, secs, said, .. } = line;
        let channel = said.channel.map(|channel| channel.to_string()).unwrap_or_default();
        let begun_or_over = match (was_alarm, said.is_alarm) {
            (false, true) => Some("alarm"),
            (true, false) => Some("over"),
            _ => None,
        };
        for what in begun_or_over.into_iter().chain(said.is_change.then_some("change")) {
            writeln!(events, "{},{target},{row},{secs},{what},{channel},{}", recording.name, said.ratio)?;
        }
        Ok(())
    }
}
