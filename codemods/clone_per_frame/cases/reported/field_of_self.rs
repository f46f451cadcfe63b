// reason: an `Arc<Peer>` in the field
//! What belongs to `self` is copied for each message: it can be shared, and not be moved.

use std::pin::Pin;

use tokio::sync::mpsc::{Receiver, Sender};

#[derive(Clone)]
pub struct Peer {
    pub name: String,
    pub roles: Vec<String>,
}

pub struct Message {
    pub from: Peer,
    pub body: Vec<u8>,
}

pub struct Session {
    peer: Peer,
}

impl Session {
    pub async fn pump(&self, mut frames: Receiver<Vec<u8>>, out: Sender<Message>) {
        while let Some(body) = frames.recv().await {
            let from = self.peer.clone();
            let _ = out.send(Message { from, body }).await;
        }
    }
}

pub struct Hub {
    session: Session,
}

impl Hub {
    pub async fn pinned(self: Pin<&mut Self>, mut frames: Receiver<u8>, out: Sender<Peer>) {
        while let Some(_) = frames.recv().await {
            let _ = out.send(self.session.peer.clone()).await;
        }
    }

    pub async fn exclusive(&mut self, mut frames: Receiver<u8>, out: Sender<Peer>) {
        while let Some(_) = frames.recv().await {
            let _ = out.send(self.session.peer.clone()).await;
        }
    }
}
