//! A WebSocket whose frames go out as they are: shared bytes, written together, never copied.

use std::{
    collections::VecDeque,
    io::{Error, ErrorKind, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use futures::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Message,
        protocol::{Role, WebSocketConfig},
    },
};

/// The largest frame that a client may send.
const CLIENT_BYTES: usize = 64 * 1024;
/// A client says little: acknowledgements of ten bytes.
const READ_BYTES: usize = 512;
/// What waits for a socket that takes nothing; another frame is added only below it.
const MOST_WAITING: usize = 256 * 1024;
/// Pieces of one write.
const PIECES: usize = 64;
/// So few bytes are sooner copied together than told to the kernel piece by piece.
const FEW_BYTES: usize = 2_048;

/// The server's end of a WebSocket. Reading, control frames and closing are tungstenite's.
pub struct Line<Io> {
    socket: WebSocketStream<Outbox<Io>>,
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Line<Io> {
    pub async fn over(io: Io) -> Line<Io> {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BYTES)
            // Whole frames go on to the outbox at once.
            .write_buffer_size(0)
            .max_write_buffer_size(CLIENT_BYTES)
            .max_message_size(Some(CLIENT_BYTES))
            .max_frame_size(Some(CLIENT_BYTES));
        let outbox = Outbox { io, queue: VecDeque::new(), waiting: 0 };
        Line { socket: WebSocketStream::from_raw_socket(outbox, Role::Server, Some(config)).await }
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Stream for Line<Io> {
    type Item = Result<Message, tungstenite::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.socket).poll_next(context)
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Sink<Message> for Line<Io> {
    type Error = tungstenite::Error;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let outbox = self.socket.get_mut();
        if outbox.waiting < MOST_WAITING {
            return Poll::Ready(Ok(()));
        }
        Pin::new(outbox).poll_flush(context).map_err(Into::into)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Self::Error> {
        match message {
            Message::Binary(bytes) => {
                self.socket.get_mut().push(Piece::binary(bytes));
                Ok(())
            }
            control => Pin::new(&mut self.socket).start_send(control),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Pin::new(self.socket.get_mut()).poll_flush(context).map_err(Into::into)
    }

    fn poll_close(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.poll_flush(context)
    }
}

/// A connection, and the whole frames that wait for it.
struct Outbox<Io> {
    io: Io,
    queue: VecDeque<Piece>,
    /// Bytes in the queue.
    waiting: usize,
}

/// What is left of a frame.
struct Piece {
    head: Bytes10,
    body: Bytes,
}

/// Up to ten bytes: the longest head of an unmasked frame.
struct Bytes10 {
    bytes: [u8; 10],
    from: u8,
    to: u8,
}

impl Bytes10 {
    fn rest(&self) -> &[u8] {
        &self.bytes[usize::from(self.from)..usize::from(self.to)]
    }
}

impl Piece {
    /// A whole binary message in one unmasked frame (RFC 6455, 5.2).
    fn binary(body: Bytes) -> Piece {
        const FIN_BINARY: u8 = 0x82;
        let mut bytes = [FIN_BINARY, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let to = match body.len() {
            len @ 0..126 => {
                bytes[1] = len as u8;
                2
            }
            len @ 126..=0xffff => {
                bytes[1] = 126;
                bytes[2..4].copy_from_slice(&(len as u16).to_be_bytes());
                4
            }
            len => {
                bytes[1] = 127;
                bytes[2..10].copy_from_slice(&(len as u64).to_be_bytes());
                10
            }
        };
        Piece { head: Bytes10 { bytes, from: 0, to }, body }
    }

    /// Bytes that are frames already.
    fn framed(body: Bytes) -> Piece {
        Piece { head: Bytes10 { bytes: [0; 10], from: 0, to: 0 }, body }
    }

    fn len(&self) -> usize {
        self.head.rest().len() + self.body.len()
    }
}

impl<Io> Outbox<Io> {
    fn push(&mut self, piece: Piece) {
        self.waiting += piece.len();
        self.queue.push_back(piece);
    }

    /// So many bytes are written.
    fn advance(&mut self, mut written: usize) {
        self.waiting -= written;
        while let Some(piece) = self.queue.front_mut() {
            if written < piece.len() {
                let of_head = written.min(piece.head.rest().len());
                piece.head.from += of_head as u8;
                piece.body.advance(written - of_head);
                return;
            }
            written -= piece.len();
            self.queue.pop_front();
        }
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for Outbox<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Outbox<Io> {
    /// Takes control frames, each whole.
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Error>> {
        if self.waiting >= MOST_WAITING {
            ready!(self.as_mut().poll_flush(context))?;
        }
        self.push(Piece::framed(Bytes::copy_from_slice(bytes)));
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while !self.queue.is_empty() {
            let Outbox { io, queue, waiting } = &mut *self;
            let pieces =
                queue.iter().flat_map(|piece| [piece.head.rest(), &piece.body[..]]).filter(|it| !it.is_empty());
            let written = if *waiting <= FEW_BYTES {
                let mut together = [0; FEW_BYTES];
                let mut end = 0;
                for piece in pieces {
                    together[end..end + piece.len()].copy_from_slice(piece);
                    end += piece.len();
                }
                ready!(Pin::new(io).poll_write(context, &together[..end]))?
            } else {
                let mut slices = [IoSlice::new(&[]); PIECES];
                let mut count = 0;
                for (slot, piece) in slices.iter_mut().zip(pieces) {
                    *slot = IoSlice::new(piece);
                    count += 1;
                }
                ready!(Pin::new(io).poll_write_vectored(context, &slices[..count]))?
            };
            if written == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
            self.advance(written);
        }
        if self.queue.capacity() > PIECES {
            self.queue = VecDeque::new();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.as_mut().poll_flush(context))?;
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests;
