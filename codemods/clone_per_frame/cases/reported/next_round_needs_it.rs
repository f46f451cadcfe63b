// reason: `banner` is declared outside the loop
//! Every connection gets a copy of the same text.

use tokio::sync::mpsc::{Receiver, Sender};

pub async fn greet(mut joined: Receiver<Sender<String>>, banner: String) {
    while let Some(peer) = joined.recv().await {
        let _ = peer.send(banner.clone()).await;
    }
}
