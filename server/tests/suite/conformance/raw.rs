//! A WebSocket's client that sends any bytes.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use wire::ServerFrame;

use crate::support::PATIENCE;

pub const CONTINUATION: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A frame, right or wrong.
#[derive(Debug, Clone)]
pub struct Part {
    first: u8,
    is_masked: bool,
    claims: Option<u64>,
    payload: Vec<u8>,
}

impl Part {
    /// A frame as it should be, the only one of its message.
    pub fn new(opcode: u8, payload: &[u8]) -> Part {
        Part { first: 0x80 | opcode, is_masked: true, claims: None, payload: payload.to_vec() }
    }

    /// Not the last of its message.
    pub fn more(mut self) -> Part {
        self.first &= 0x7f;
        self
    }

    /// With reserved bits set, the first of them worth 4.
    pub fn reserved(mut self, bits: u8) -> Part {
        self.first |= bits << 4;
        self
    }

    pub fn unmasked(mut self) -> Part {
        self.is_masked = false;
        self
    }

    /// Says to be so long.
    pub fn claims(mut self, bytes: u64) -> Part {
        self.claims = Some(bytes);
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mask = if self.is_masked { 0x80 } else { 0 };
        let mut bytes = vec![self.first];
        match self.claims.unwrap_or(self.payload.len() as u64) {
            length @ 0..126 => bytes.push(mask | length as u8),
            length @ 126..=0xffff => {
                bytes.push(mask | 126);
                bytes.extend((length as u16).to_be_bytes());
            }
            length => {
                bytes.push(mask | 127);
                bytes.extend(length.to_be_bytes());
            }
        }
        if self.is_masked {
            bytes.extend(MASK);
            bytes.extend(self.payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        } else {
            bytes.extend(&self.payload);
        }
        bytes
    }
}

/// What came back until the server hung up.
#[derive(Debug, Default)]
pub struct Heard {
    pub snapshots: usize,
    pub pongs: Vec<Vec<u8>>,
    /// The server's goodbye, and the code in it.
    pub close: Option<Option<u16>>,
}

/// Opens a socket; gives the head of the answer too.
pub async fn hello(server: SocketAddr, headers: &str) -> (String, TcpStream) {
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
    }
    (String::from_utf8(head).unwrap(), stream)
}

/// Sends frames, so many bytes at once, and a goodbye at their end if that is wanted; hears the server out.
pub async fn converse(server: SocketAddr, parts: &[Part], at_once: usize, says_goodbye: bool) -> Heard {
    let (head, stream) = hello(server, "").await;
    assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "the answer to this key (RFC 6455, 1.3): {head}");
    let (mut read, mut write) = stream.into_split();
    let mut bytes: Vec<u8> = parts.iter().flat_map(Part::bytes).collect();
    if says_goodbye {
        bytes.extend(Part::new(CLOSE, &1000u16.to_be_bytes()).bytes());
    }
    let sending = tokio::spawn(async move {
        for piece in bytes.chunks(at_once.min(bytes.len())) {
            // It may have hung up on what it has heard.
            if write.write_all(piece).await.is_err() {
                break;
            }
        }
        write
    });
    let mut all = Vec::new();
    // A connection that is reset is hung up on too.
    let _ = timeout(PATIENCE, read.read_to_end(&mut all)).await.expect("an end in time");
    drop(sending.await.unwrap());
    hear(&all)
}

/// Takes the server's frames apart, which are whole, unmasked and one a message; the last one may be cut short.
fn hear(mut bytes: &[u8]) -> Heard {
    let mut heard = Heard::default();
    while let Some((opcode, payload, rest)) = frame(bytes) {
        assert_eq!(heard.close, None, "nothing follows a goodbye");
        match opcode {
            BINARY => {
                let is_snapshot = matches!(wire::decode(payload).unwrap(), ServerFrame::Snapshot { .. });
                heard.snapshots += usize::from(is_snapshot);
            }
            PONG => heard.pongs.push(payload.to_vec()),
            CLOSE => heard.close = Some(payload.first_chunk().map(|code| u16::from_be_bytes(*code))),
            PING => {}
            other => panic!("a frame of kind {other}"),
        }
        bytes = rest;
    }
    heard
}

fn frame(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[first, length], rest) = bytes.split_first_chunk()?;
    assert_eq!(first & 0xf0, 0x80, "a message in one frame, without reserved bits");
    let (length, rest) = match length {
        126 => rest.split_first_chunk().map(|(length, rest)| (usize::from(u16::from_be_bytes(*length)), rest))?,
        127 => rest.split_first_chunk().map(|(length, rest)| (u64::from_be_bytes(*length) as usize, rest))?,
        length => (usize::from(length), rest),
    };
    let (payload, rest) = rest.split_at_checked(length)?;
    Some((first & 0x0f, payload, rest))
}
