// level: safe
//! A size limit around a body stream: every chunk is passed on as a copy "for safety".

use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

#[derive(Debug)]
pub enum LayerError {
    TooLarge { limit: u64 },
    Broken(String),
}

pub struct SizeLimit<S> {
    inner: S,
    limit: u64,
    passed: u64,
}

impl<S> Stream for SizeLimit<S>
where
    S: Stream<Item = Result<Bytes, LayerError>> + Unpin,
{
    type Item = Result<Bytes, LayerError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(chunk) = ready!(self.inner.poll_next_unpin(cx)).transpose()? else {
            return Poll::Ready(None);
        };
        self.passed += chunk.len() as u64;
        if self.passed > self.limit {
            let limit = self.limit;
            return Poll::Ready(Some(Err(LayerError::TooLarge { limit })));
        }
        Poll::Ready(Some(Ok(chunk.clone())))
    }
}

pub struct Tagged<S> {
    inner: S,
}

impl<S> Stream for Tagged<S>
where
    S: Stream<Item = Vec<u8>> + Unpin,
{
    type Item = Result<Vec<u8>, LayerError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.inner.poll_next_unpin(cx) {
            Poll::Ready(Some(frame)) => {
                let answer = if frame.is_empty() {
                    Err(LayerError::Broken("empty frame".to_owned()))
                } else {
                    Ok(frame.to_vec())
                };
                Poll::Ready(Some(answer))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}
