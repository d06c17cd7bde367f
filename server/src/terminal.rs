//! What a command that takes its time says on a terminal: how far it is, and what it found.

mod progress;

use std::{
    io::{self, IsTerminal, Write},
    pin::pin,
    process,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tokio::sync::oneshot;

pub use progress::{Progress, READ};

/// After so long it is told how far a command is, and then again and again.
const TOLD_AFTER: Duration = Duration::from_millis(500);
const TOLD_EVERY: Duration = Duration::from_millis(200);
/// 128 and the number of the signal, as shells have it.
const INTERRUPTED: i32 = 130;
/// Back to where the line begins, and all of it away.
const ANEW: &str = "\r\x1b[K";

/// Does `work` on a thread of its own until it is done or Ctrl-C, and tells how far it is where stderr is a terminal.
///
/// # Errors
/// Where it was stopped.
pub async fn until_done<T: Send + 'static>(work: impl FnOnce(&Progress) -> T + Send + 'static) -> anyhow::Result<T> {
    let mut terminal = io::stderr();
    let seen = terminal.is_terminal().then_some(&mut terminal as &mut dyn Write);
    let done = until(ctrl_c(), work, seen).await;
    end_by_ctrl_c();
    done
}

/// Has the next Ctrl-C end the process: once it was listened for it does not by itself, and what was found may have to wait for
/// whoever reads it.
pub fn end_by_ctrl_c() {
    tokio::spawn(async {
        ctrl_c().await;
        process::exit(INTERRUPTED);
    });
}

/// The same until `stop`, and told where there is a terminal to tell it on. `work` is left as it is where it was stopped.
pub async fn until<T: Send + 'static>(
    stop: impl Future<Output = ()>,
    work: impl FnOnce(&Progress) -> T + Send + 'static,
    mut terminal: Option<&mut dyn Write>,
) -> anyhow::Result<T> {
    let progress = Arc::new(Progress::default());
    let (tell, mut told) = oneshot::channel();
    let own = progress.clone();
    // Nobody listens any more where it was stopped.
    thread::spawn(move || drop(tell.send(work(&own))));
    let (began, mut tick) = (Instant::now(), tokio::time::interval(TOLD_EVERY));
    let mut stop = pin!(stop);
    let mut was_told = false;
    let done = loop {
        tokio::select! {
            biased;
            () = &mut stop => {
                progress.stop();
                break None;
            }
            done = &mut told => break Some(done.context("the work broke off")?),
            _ = tick.tick() => if let Some(terminal) = &mut terminal && began.elapsed() >= TOLD_AFTER {
                was_told = true;
                write!(terminal, "{ANEW}{progress}")?;
                terminal.flush()?;
            }
        }
    };
    if let Some(terminal) = terminal.filter(|_| was_told) {
        write!(terminal, "{ANEW}")?;
    }
    match done {
        Some(done) => Ok(done),
        None => bail!("stopped: nothing was written"),
    }
}

/// Ends with the first Ctrl-C.
pub async fn ctrl_c() {
    // Where there is none to be heard of, the process ends by it.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Prints what was found; whoever reads along may have seen enough.
pub fn print(found: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    enough(found(&mut io::stdout().lock()).map_err(anyhow::Error::from))
}

/// Takes what ended because nobody reads any more for done.
pub fn enough(done: anyhow::Result<()>) -> anyhow::Result<()> {
    done.or_else(|error| match error.downcast_ref::<io::Error>() {
        Some(own) if own.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    })
}

#[cfg(test)]
mod tests {
    use std::{future, sync::mpsc};

    use super::*;

    /// A terminal on which somebody waits for what is told.
    struct Screen {
        shown: Vec<u8>,
        seen: mpsc::SyncSender<()>,
    }

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.shown.extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            // Nobody waits any more once it was seen.
            let _ = self.seen.try_send(());
            Ok(())
        }
    }

    #[tokio::test]
    async fn how_far_it_is_stands_in_one_line_that_goes_away() {
        let (seen, wait) = mpsc::sync_channel(1);
        let mut screen = Screen { shown: Vec::new(), seen };
        let work = move |progress: &Progress| {
            progress.expect(8);
            progress.add(2);
            wait.recv().unwrap();
            progress.share()
        };
        let done = until(future::pending(), work, Some(&mut screen)).await;
        assert_eq!(done.unwrap(), 0.25);
        let shown = String::from_utf8(screen.shown).unwrap();
        let lines: Vec<&str> = shown.split(ANEW).collect();
        assert!(lines.len() >= 3 && lines[0].is_empty() && lines[lines.len() - 1].is_empty(), "{shown:?}");
        assert!(lines[1..lines.len() - 1].iter().all(|line| *line == " 25 %"), "{shown:?}");
    }

    #[tokio::test]
    async fn what_is_stopped_is_left_and_says_so() {
        let (stopped, hear) = mpsc::sync_channel(1);
        let work = move |progress: &Progress| {
            while !progress.is_stopped() {
                thread::yield_now();
            }
            stopped.send(()).unwrap();
        };
        let mut screen = Vec::new();
        let done = until(future::ready(()), work, Some(&mut screen)).await;
        assert_eq!(done.unwrap_err().to_string(), "stopped: nothing was written");
        assert!(screen.is_empty());
        hear.recv().unwrap();
    }

    #[test]
    fn a_reader_that_goes_away_is_no_error() {
        let broken = || io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(print(|_| Err(broken())).is_ok());
        assert!(enough(Err(anyhow::Error::from(broken()).context("of what was written"))).is_ok());
        assert!(print(|_| Err(io::ErrorKind::StorageFull.into())).is_err());
    }
}
