// options: reuse = false
// level: review
//! One holder less, and somewhere in the crate it is asked who holds such a value.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc::Sender;

pub struct Cache {
    names: Arc<Vec<String>>,
}

impl Cache {
    pub fn idle(&self) -> bool {
        Arc::strong_count(&self.names) == 1
    }
}

pub async fn count(names: Arc<Vec<String>>) -> usize {
    let mine = &names;
    mine.len()
}

pub async fn relay(frame: Bytes, out: Sender<Bytes>) {
    let _ = out.send(frame).await;
}
