//! The body of an answer, perhaps one that breaks off.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// A body on its way.
#[derive(Debug)]
pub struct Outgoing {
    left: Option<Bytes>,
    promised: u64,
    breaks: Breaks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Breaks {
    Never,
    /// After what is left. What was sent before must have gone out by then, so there is a pause first.
    AfterAPause,
    Now,
}

impl Outgoing {
    /// All of it.
    pub fn whole(body: Bytes) -> Self {
        Self { promised: body.len() as u64, left: Some(body), breaks: Breaks::Never }
    }

    /// The length of all of it is announced, and half comes.
    pub fn broken(body: Bytes) -> Self {
        let half = body.slice(..body.len() / 2);
        Self { promised: body.len() as u64, left: Some(half), breaks: Breaks::AfterAPause }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(left) = self.left.take().filter(|left| !left.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(left))));
        }
        match self.breaks {
            Breaks::Never => Poll::Ready(None),
            Breaks::AfterAPause => {
                self.breaks = Breaks::Now;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Breaks::Now => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.breaks == Breaks::Never && self.left.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        match self.left {
            Some(_) => SizeHint::with_exact(self.promised),
            None => SizeHint::default(),
        }
    }
}
