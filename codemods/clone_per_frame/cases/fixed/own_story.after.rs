// prefer: own
// level: review
use bytes::BytesMut;
use futures::stream::StreamExt;

pub async fn handle_stream(mut s: impl futures::stream::Stream<Item = BytesMut> + Unpin) {
    while let Some(mut chunk) = s.next().await {
        // clone causes allocation and copy per frame
        process(&mut chunk).await;
    }
}

async fn process(b: &mut BytesMut) {
    // process buffer
    let _ = b.len();
}
