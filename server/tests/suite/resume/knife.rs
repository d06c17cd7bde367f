//! A line between a viewer and the server that can be cut at any byte.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    time::Instant,
};

use crate::support::loading::Chance;

/// When a line is cut.
#[derive(Debug, Clone, Copy)]
pub enum Cut {
    /// After exactly so many bytes of the server's; at the latest after a while.
    AfterBytes { bytes: u64, at_most: Duration },
    /// Somewhere in what comes next after a while.
    After(Duration),
}

pub struct Knife {
    /// Where the viewer connects to.
    pub address: SocketAddr,
    plans: watch::Sender<Option<(u64, Cut, u64)>>,
    done: mpsc::Receiver<(u64, bool)>,
    number: u64,
}

impl Knife {
    pub async fn between(server: SocketAddr) -> Knife {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (plans, plan) = watch::channel(None);
        let (tell, done) = mpsc::channel(16);
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                // One viewer, one line at a time.
                if let Ok(far) = TcpStream::connect(server).await {
                    far.set_nodelay(true).unwrap();
                    near.set_nodelay(true).unwrap();
                    line(near, far, plan.clone(), &tell).await;
                }
            }
        });
        Knife { address, plans, done, number: 0 }
    }

    /// Cuts the line, the next one where there is none now; gives whether that was inside a frame.
    pub async fn cut(&mut self, cut: Cut, seed: u64) -> bool {
        self.number += 1;
        self.plans.send_replace(Some((self.number, cut, seed)));
        loop {
            let done = tokio::time::timeout(crate::support::PATIENCE, self.done.recv()).await;
            let (number, is_in_frame) = done.expect("a line to cut").unwrap();
            if number == self.number {
                self.spare();
                return is_in_frame;
            }
        }
    }

    /// Leaves the lines alone.
    fn spare(&self) {
        self.plans.send_replace(None);
    }
}

/// Passes bytes on until it is cut, or either side ends it.
async fn line(
    near: TcpStream,
    far: TcpStream,
    mut plan: watch::Receiver<Option<(u64, Cut, u64)>>,
    tell: &mpsc::Sender<(u64, bool)>,
) {
    let (mut from_viewer, mut to_viewer) = near.into_split();
    let (mut from_server, mut to_server) = far.into_split();
    let upwards = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_viewer, &mut to_server).await;
    });
    let mut frames = Frames::default();
    let mut buffer = vec![0; 16 * 1024];
    let mut current: Option<(u64, Cut, u64, Instant)> = None;
    let mut passed = 0;
    let cut = loop {
        if let Some(found) = *plan.borrow_and_update()
            && current.is_none_or(|(number, ..)| number != found.0)
        {
            passed = 0;
            current = Some((found.0, found.1, found.2, Instant::now()));
        }
        let read = tokio::select! {
            read = from_server.read(&mut buffer) => read.unwrap_or(0),
            changed = plan.changed() => match changed {
                Ok(()) => continue,
                Err(_) => break None,
            },
        };
        if read == 0 {
            break None;
        }
        let end = current.and_then(|(number, cut, seed, since)| {
            let chosen = Chance(seed).below(read as u64) as usize;
            let end = match cut {
                Cut::AfterBytes { bytes, .. } if passed + read as u64 >= bytes => Some((bytes - passed) as usize),
                Cut::AfterBytes { at_most, .. } if since.elapsed() >= at_most => Some(chosen),
                Cut::After(pause) if since.elapsed() >= pause => Some(chosen),
                _ => None,
            };
            end.map(|end| (number, end))
        });
        let bytes = &buffer[..end.map_or(read, |(_, end)| end)];
        passed += bytes.len() as u64;
        frames.take(bytes);
        if to_viewer.write_all(bytes).await.is_err() {
            break None;
        }
        if let Some((number, _)) = end {
            break Some(number);
        }
    };
    upwards.abort();
    let _ = to_viewer.shutdown().await;
    if let Some(number) = cut {
        let _ = tell.send((number, frames.is_inside())).await;
    }
}

/// Where a stream of bytes stands: before the first frame, inside one, between two.
#[derive(Default)]
struct Frames {
    /// The answer to the handshake, as far as it has come; then the head of a frame.
    head: Vec<u8>,
    is_open: bool,
    left: u64,
}

impl Frames {
    fn is_inside(&self) -> bool {
        self.is_open && (self.left > 0 || !self.head.is_empty())
    }

    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.left > 0 {
                self.left -= 1;
                continue;
            }
            self.head.push(*byte);
            if !self.is_open {
                if self.head.ends_with(b"\r\n\r\n") {
                    self.is_open = true;
                    self.head.clear();
                }
                continue;
            }
            let body = match self.head[..] {
                [_, short] if short < 126 => u64::from(short),
                [_, 126, a, b] => u64::from(u16::from_be_bytes([a, b])),
                [_, 127, a, b, c, d, e, f, g, h] => u64::from_be_bytes([a, b, c, d, e, f, g, h]),
                _ => continue,
            };
            self.left = body;
            self.head.clear();
        }
    }
}
