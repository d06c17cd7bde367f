//! Many viewers on one thread, as cheap as can be: a buffer for all, no copies, frames told by their heads.

use std::{
    cell::RefCell,
    net::SocketAddr,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Instant, SystemTime},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
};
use wire::{ClientFrame, ServerFrame};

/// The place of `Samples` among the server's frames, as it stands behind the version.
const SAMPLES: u8 = 2;
const BINARY: u8 = 2;
const PING: u8 = 9;
const PONG: u8 = 10;
const ACKNOWLEDGED_AT_ONCE: u64 = 16;
/// Viewers that open their sockets at once.
const AT_ONCE: usize = 50;

pub struct Swarm {
    counts: Arc<Counts>,
    tasks: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Counts {
    alive: AtomicUsize,
    /// Frames of samples.
    frames: AtomicU64,
    /// Microseconds from a sample's time to its frame.
    delays: std::sync::Mutex<Vec<u32>>,
    /// What one of the viewers was sent, and when.
    record: std::sync::Mutex<Vec<(Instant, Vec<u8>)>>,
}

impl Swarm {
    /// So many viewers, each of which has said `hello` and heard an answer where it said something.
    pub async fn open(server: SocketAddr, viewers: usize, hello: Vec<u8>) -> Swarm {
        let counts: Arc<Counts> = Arc::default();
        let mut tasks = Vec::new();
        for first in (0..viewers).step_by(AT_ONCE) {
            let opening = (first..viewers.min(first + AT_ONCE)).map(|number| open(server, &hello, number));
            for (stream, number) in futures::future::join_all(opening).await {
                let counts = counts.clone();
                counts.alive.fetch_add(1, Ordering::Relaxed);
                tasks.push(tokio::spawn(async move {
                    let _ = watch(stream, number, &counts).await;
                    counts.alive.fetch_sub(1, Ordering::Relaxed);
                }));
            }
        }
        Swarm { counts, tasks }
    }

    pub fn alive(&self) -> usize {
        self.counts.alive.load(Ordering::Relaxed)
    }

    pub fn frames(&self) -> u64 {
        self.counts.frames.load(Ordering::Relaxed)
    }

    /// Begins to note delays and what comes.
    pub fn forget(&self) {
        self.counts.delays.lock().expect("one thread").clear();
        self.counts.record.lock().expect("one thread").clear();
    }

    pub fn delays(&self) -> Vec<u32> {
        std::mem::take(&mut self.counts.delays.lock().expect("one thread"))
    }

    pub fn record(&self) -> Vec<(Instant, Vec<u8>)> {
        std::mem::take(&mut self.counts.record.lock().expect("one thread"))
    }
}

impl Drop for Swarm {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn open(server: SocketAddr, hello: &[u8], number: usize) -> (TcpStream, usize) {
    let mut stream = TcpStream::connect(server).await.expect("the server listens");
    stream.set_nodelay(true).expect("a socket");
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("it takes requests");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("it answers"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    if !hello.is_empty() {
        stream.write_all(&framed(BINARY, hello)).await.expect("it takes frames");
    }
    (stream, number)
}

/// A frame as a client sends it; masked with zeros, which changes nothing.
fn framed(code: u8, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | code];
    match body.len() {
        len @ 0..126 => frame.push(0x80 | len as u8),
        len => {
            frame.push(0x80 | 126);
            frame.extend((len as u16).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(body);
    frame
}

thread_local! {
    static BUFFER: Rc<RefCell<Vec<u8>>> = Rc::new(RefCell::new(vec![0; 256 * 1024]));
}

async fn watch(stream: TcpStream, number: usize, counts: &Counts) -> std::io::Result<()> {
    let (mut frames, mut acknowledged) = (0, 0);
    // What has come of a frame that is not whole.
    let mut rest: Vec<u8> = Vec::new();
    loop {
        stream.readable().await?;
        let answer = BUFFER.with(Clone::clone);
        let answer = {
            let mut buffer = answer.borrow_mut();
            let read = match stream.try_read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            };
            let mut pong = None;
            let whole = &buffer[..read];
            let mut take = |code: u8, body: &[u8]| match code {
                BINARY => {
                    frames += 1;
                    counts.take(number, body);
                }
                PING => pong = Some(framed(PONG, body)),
                _ => {}
            };
            if rest.is_empty() {
                let used = split(whole, &mut take);
                rest.extend(&whole[used..]);
            } else {
                rest.extend(whole);
                let used = split(&rest, &mut take);
                rest.drain(..used);
                if rest.is_empty() {
                    rest = Vec::new();
                }
            }
            pong
        };
        if let Some(pong) = answer {
            stream.try_write(&pong)?;
        }
        if frames - acknowledged >= ACKNOWLEDGED_AT_ONCE {
            acknowledged = frames;
            stream.try_write(&framed(BINARY, &wire::encode(&ClientFrame::Acknowledge { frames })))?;
        }
    }
}

/// Gives every whole frame to `take`; how many bytes these were.
fn split(bytes: &[u8], take: &mut impl FnMut(u8, &[u8])) -> usize {
    let mut from = 0;
    loop {
        let rest = &bytes[from..];
        let (head, len) = match rest {
            [_, len, ..] if *len < 126 => (2, usize::from(*len)),
            [_, 126, a, b, ..] => (4, usize::from(u16::from_be_bytes([*a, *b]))),
            [_, 127, len @ ..] if len.len() >= 8 => {
                (10, u64::from_be_bytes([len[0], len[1], len[2], len[3], len[4], len[5], len[6], len[7]]) as usize)
            }
            _ => return from,
        };
        let Some(body) = rest.get(head..head + len) else { return from };
        take(rest[0] & 0x0f, body);
        from += head + len;
    }
}

impl Counts {
    fn take(&self, number: usize, body: &[u8]) {
        if body.get(1) != Some(&SAMPLES) {
            return;
        }
        self.frames.fetch_add(1, Ordering::Relaxed);
        if let Ok(ServerFrame::Samples(batch)) = wire::decode(body) {
            let now = SystemTime::UNIX_EPOCH.elapsed().expect("a clock").as_micros() as i64;
            let delay = now - batch.entries[0].t.0;
            self.delays.lock().expect("one thread").push(delay.try_into().unwrap_or(u32::MAX));
        }
        if number == 0 {
            self.record.lock().expect("one thread").push((Instant::now(), body.to_vec()));
        }
    }
}
