// its bound is one, or it is nobody's that is known
use tokio::sync::{oneshot, watch};

pub mod own {
    pub fn unbounded_channel<T>() -> (Vec<T>, Vec<T>) {
        (Vec::new(), Vec::new())
    }
}

pub async fn run(mut news: watch::Receiver<u8>) -> u8 {
    let (tx, rx) = oneshot::channel();
    let (mut kept, _) = own::unbounded_channel();
    while news.changed().await.is_ok() {
        kept.push(*news.borrow());
        tokio::task::yield_now().await;
        break;
    }
    let _ = tx.send(kept.pop());
    rx.await.ok().flatten().unwrap_or(0)
}
