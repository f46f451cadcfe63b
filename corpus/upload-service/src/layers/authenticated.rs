use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{ready, Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use crate::UploadError;

/// The frames of a sender who is known, for as long as the session lasts.
pub struct Authenticated<S> {
    inner: S,
    ends: Instant,
    frames: Arc<Mutex<u64>>,
}

impl<S> Authenticated<S> {
    pub(crate) fn new(inner: S, session: Duration, frames: Arc<Mutex<u64>>) -> Self {
        Authenticated {
            inner,
            ends: Instant::now() + session,
            frames,
        }
    }
}

impl<S, E> Stream for Authenticated<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<UploadError>,
{
    type Item = Result<Bytes, UploadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if Instant::now() > self.ends {
            return Poll::Ready(Some(Err(UploadError::SessionOver)));
        }
        match ready!(self.inner.poll_next_unpin(cx)) {
            Some(Ok(chunk)) => {
                if let Ok(mut frames) = self.frames.lock() {
                    *frames += 1;
                }
                Poll::Ready(Some(Ok(Bytes::copy_from_slice(&chunk))))
            }
            Some(Err(error)) => Poll::Ready(Some(Err(error.into()))),
            None => Poll::Ready(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    fn body() -> impl Stream<Item = Result<Bytes, UploadError>> + Unpin {
        stream::iter(["ab", "cd"].map(|text| Ok(Bytes::from(text))))
    }

    #[tokio::test]
    async fn counts_and_passes_frames() {
        let frames = Arc::new(Mutex::new(0));
        let mut layer = Authenticated::new(body(), Duration::from_secs(60), Arc::clone(&frames));
        assert_eq!(layer.next().await.unwrap().unwrap(), "ab");
        assert_eq!(layer.next().await.unwrap().unwrap(), "cd");
        assert!(layer.next().await.is_none());
        assert_eq!(*frames.lock().unwrap(), 2);
    }

    #[tokio::test]
    async fn ends_with_the_session() {
        let mut layer = Authenticated::new(body(), Duration::ZERO, Arc::default());
        tokio::time::sleep(Duration::from_millis(2)).await;
        let frame = layer.next().await.unwrap();
        assert!(matches!(frame, Err(UploadError::SessionOver)));
    }
}
