// prefer: own
// level: review
use bytes::Bytes;
use futures::stream::StreamExt;

pub async fn handle_stream(mut s: impl futures::stream::Stream<Item = Bytes> + Unpin) {
    while let Some(chunk) = s.next().await {
        // clone causes allocation and copy per frame
        let owned = chunk.clone();
        process(owned).await;
    }
}

async fn process(b: Bytes) {
    // process buffer
    let _ = b.len();
}
