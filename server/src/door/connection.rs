//! One connection as hyper reads and writes it: with time-outs for a slow head and for a client that takes nothing.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Instant, Sleep, sleep_until},
};

use super::Limits;

/// Whether a request is being answered. A connection that became a WebSocket is so for good.
#[derive(Debug, Default)]
pub struct Pace {
    is_answering: AtomicBool,
}

impl Pace {
    /// A request's head is here.
    pub fn begin(&self) {
        self.is_answering.store(true, Ordering::Release);
    }

    /// What ends the answering when it is dropped.
    pub fn answering(self: Arc<Pace>) -> Ends {
        Ends(self)
    }
}

pub struct Ends(Arc<Pace>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.is_answering.store(false, Ordering::Release);
    }
}

/// The body of an answer that says when it has been sent.
pub struct Answering {
    body: Body,
    _ends: Ends,
}

impl Answering {
    pub fn new(body: Body, ends: Ends) -> Answering {
        Answering { body, _ends: ends }
    }
}

impl http_body::Body for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection and its place among those that there may be.
pub struct Connection {
    stream: TcpStream,
    pace: Arc<Pace>,
    limits: Limits,
    /// When the head that is coming in has to be whole.
    head_due: Option<Instant>,
    head: Option<Pin<Box<Sleep>>>,
    /// Runs while the client takes nothing.
    write: Option<Pin<Box<Sleep>>>,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    pub fn new(stream: TcpStream, limits: Limits, pace: Arc<Pace>, place: OwnedSemaphorePermit) -> Connection {
        Connection { stream, pace, limits, head_due: None, head: None, write: None, _place: place }
    }

    /// Passes on what a write came to, or gives up on a client that has taken nothing for too long.
    fn written<T>(&mut self, cx: &mut Context, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.write = None;
            return outcome;
        }
        let within = self.limits.stall_within;
        let timer = self.write.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + within)));
        timer.as_mut().poll(cx).map(|()| Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing")))
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context, buffer: &mut ReadBuf) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if this.pace.is_answering.load(Ordering::Acquire) {
            (this.head_due, this.head) = (None, None);
            return read;
        }
        if read.is_ready() {
            if buffer.filled().len() > before {
                this.head_due.get_or_insert_with(|| Instant::now() + this.limits.head_within);
            }
            return read;
        }
        let Some(due) = this.head_due else { return read };
        let timer = this.head.get_or_insert_with(|| Box::pin(sleep_until(due)));
        timer.as_mut().poll(cx).map(|()| Err(io::Error::new(io::ErrorKind::TimedOut, "the head is too slow")))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context,
        slices: &[io::IoSlice],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.written(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
