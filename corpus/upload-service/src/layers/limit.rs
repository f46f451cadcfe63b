use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use crate::UploadError;

/// Passes at most `limit` bytes; the frame that would go over is an error.
pub struct SizeLimit<S> {
    inner: S,
    limit: u64,
    passed: u64,
}

impl<S> SizeLimit<S> {
    pub fn new(inner: S, limit: u64) -> Self {
        SizeLimit {
            inner,
            limit,
            passed: 0,
        }
    }
}

impl<S> Stream for SizeLimit<S>
where
    S: Stream<Item = Result<Bytes, UploadError>> + Unpin,
{
    type Item = Result<Bytes, UploadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(chunk) = ready!(self.inner.poll_next_unpin(cx)).transpose()? else {
            return Poll::Ready(None);
        };
        self.passed += chunk.len() as u64;
        if self.passed > self.limit {
            let limit = self.limit;
            return Poll::Ready(Some(Err(UploadError::TooLarge { limit })));
        }
        Poll::Ready(Some(Ok(chunk.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    async fn total(limit: u64) -> Result<usize, UploadError> {
        let frames = ["abc", "defg"].map(|text| Ok(Bytes::from(text)));
        let mut layer = SizeLimit::new(stream::iter(frames), limit);
        let mut total = 0;
        while let Some(chunk) = layer.next().await {
            total += chunk?.len();
        }
        Ok(total)
    }

    #[tokio::test]
    async fn the_limit_itself_is_allowed() {
        assert_eq!(total(7).await.unwrap(), 7);
        let error = total(6).await.unwrap_err();
        assert!(matches!(error, UploadError::TooLarge { limit: 6 }));
    }
}
