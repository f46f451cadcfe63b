// reason: may change, or go, at line 28, and the copy is read after that
//! A copy of what belongs to `self` is a snapshot: to share it is no way out.

use tokio::sync::mpsc::Receiver;

#[derive(Clone)]
pub struct Peer {
    pub name: String,
}

pub struct Session {
    peer: Peer,
}

fn told(peer: &Peer) -> usize {
    peer.name.len()
}

pub struct Hub {
    session: Session,
}

impl Hub {
    pub async fn replace(&mut self, mut frames: Receiver<Peer>) -> usize {
        let mut total = 0;
        while let Some(peer) = frames.recv().await {
            let old = self.session.peer.clone();
            self.session.peer = peer;
            total += told(&old);
        }
        total
    }
}
