//! How far learning is: a line on a terminal, which goes away again.

use std::{
    io::{self, IsTerminal, Write},
    sync::{Mutex, PoisonError},
};

/// Back to where the line begins, and all of it away.
const ANEW: &str = "\r\x1b[K";

/// How many pieces of learning there are, and how many of them are done. Any thread may add one.
pub struct Progress<'a> {
    all: usize,
    told: Mutex<Told<'a>>,
}

struct Told<'a> {
    done: usize,
    /// Where it is told, if anybody sees it.
    terminal: Option<Box<dyn Write + Send + 'a>>,
}

impl<'a> Progress<'a> {
    /// Of `all` pieces, told where stderr is a terminal.
    pub fn of(all: usize) -> Progress<'a> {
        let terminal = io::stderr();
        Progress::on(all, if terminal.is_terminal() { Some(Box::new(terminal)) } else { None })
    }

    fn on(all: usize, terminal: Option<Box<dyn Write + Send + 'a>>) -> Progress<'a> {
        Progress { all, told: Mutex::new(Told { done: 0, terminal }) }
    }

    /// One piece more is done.
    pub fn add(&self) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let share = |done: usize| 100 * done / self.all.max(1);
        told.done += 1;
        let (before, now) = (share(told.done - 1), share(told.done));
        if let Some(terminal) = told.terminal.as_mut().filter(|_| now > before) {
            // A terminal that takes nothing stops no learning.
            let _ = write!(terminal, "{ANEW}learning: {now:3} %").and_then(|()| terminal.flush());
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        let told = self.told.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(terminal) = told.terminal.as_mut().filter(|_| told.done > 0) {
            let _ = write!(terminal, "{ANEW}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hundredth_is_told_once_and_goes_away() {
        let mut screen = Vec::new();
        let progress = Progress::on(400, Some(Box::new(&mut screen)));
        (0..400).for_each(|_| progress.add());
        drop(progress);
        let shown = String::from_utf8(screen).unwrap();
        let lines: Vec<&str> = shown.split(ANEW).collect();
        assert_eq!((lines.len(), lines[1], lines[100], lines[101]), (102, "learning:   1 %", "learning: 100 %", ""));
    }
}
