//! Patience with a connection that does not say what it speaks. The HTTP server waits for the
//! first bytes without a limit, to tell HTTP/1.1 from HTTP/2; so the limit is on the stream.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum_server::accept::Accept;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// What an HTTP/2 client with prior knowledge sends first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Accepts as `A` does, and then limits the wait for the first bytes.
#[derive(Debug, Clone)]
pub(super) struct Patient<A> {
    inner: A,
    patience: Duration,
}

impl<A> Patient<A> {
    pub(super) fn new(inner: A, patience: Duration) -> Self {
        Self { inner, patience }
    }
}

impl<A, I, S> Accept<I, S> for Patient<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
{
    type Stream = Opening<A::Stream>;
    type Service = A::Service;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let patience = self.patience;
        let accepted = self.inner.accept(stream, service);
        accepted.map(move |done| done.map(|(inner, s)| (Opening::new(inner, patience), s))).boxed()
    }
}

/// A stream whose reads fail once the time for its first bytes is over.
#[derive(Debug)]
pub(super) struct Opening<S> {
    inner: S,
    /// Until it is clear what the client speaks.
    waiting: Option<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    deadline: Pin<Box<Sleep>>,
    /// How much of the preface was read.
    matched: usize,
}

impl<S> Opening<S> {
    fn new(inner: S, patience: Duration) -> Self {
        let waiting = Waiting { deadline: Box::pin(sleep(patience)), matched: 0 };
        Self { inner, waiting: Some(waiting) }
    }

    /// Looks at what was read; the wait is over when it is not the preface, or all of it.
    fn saw(&mut self, bytes: &[u8]) {
        let Some(waiting) = &mut self.waiting else { return };
        let rest = PREFACE.get(waiting.matched..).unwrap_or_default();
        waiting.matched += bytes.len();
        if !rest.starts_with(bytes) || waiting.matched >= PREFACE.len() {
            self.waiting = None;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Opening<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        if let Some(waiting) = &mut self.waiting
            && read.is_pending()
        {
            ready!(waiting.deadline.as_mut().poll(cx));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.saw(buf.filled().get(before..).unwrap_or_default());
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Opening<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    async fn after(sent: &[u8]) -> io::Result<usize> {
        let (mut client, server) = duplex(64);
        client.write_all(sent).await.unwrap();
        let mut server = Opening::new(server, Duration::from_millis(20));
        let mut buf = [0; 64];
        server.read_exact(&mut buf[..sent.len()]).await?;
        // The client says no more, but stays.
        let more = tokio::time::timeout(Duration::from_millis(200), server.read(&mut buf)).await;
        drop(client);
        more.unwrap_or(Ok(usize::MAX))
    }

    #[tokio::test]
    async fn silence_and_half_a_preface_run_out_of_time() {
        for sent in [&b""[..], b"P", b"PRI * HTTP/2.0"] {
            assert_eq!(after(sent).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        }
    }

    #[tokio::test]
    async fn a_connection_that_said_what_it_speaks_may_idle() {
        for sent in [&b"GET"[..], b"POST / HTTP/1.1\r\n", PREFACE] {
            assert_eq!(after(sent).await.unwrap(), usize::MAX);
        }
    }
}
