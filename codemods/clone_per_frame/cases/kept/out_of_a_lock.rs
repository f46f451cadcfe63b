//! What is copied out of a lock lets the lock go: without the copy it would be held for longer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

#[derive(Clone)]
pub struct Session {
    name: String,
    tags: Vec<String>,
}

pub struct Sessions {
    open: Mutex<HashMap<u64, Session>>,
    banner: RwLock<String>,
    late: parking_lot::Mutex<Vec<String>>,
    queue: Arc<tokio::sync::Mutex<Vec<String>>>,
}

impl Sessions {
    pub async fn greet(&self, id: u64) -> Option<usize> {
        let banner = self.banner.read().unwrap().clone();
        let name = {
            let open = self.open.lock().unwrap();
            let session = open.get(&id)?;
            session.name.clone()
        };
        let late = self.late.lock().clone();
        for line in self.queue.lock().await.clone() {
            send(&line).await;
        }
        send(&banner).await;
        send(&name).await;
        Some(banner.len() + name.len() + late.len())
    }

    pub async fn tags(&self) -> usize {
        let mut count = 0;
        for id in 0..16 {
            let tags = match self.open.lock().unwrap().get(&id) {
                Some(session) => session.tags.clone(),
                None => continue,
            };
            send(&tags.join(",")).await;
            count += tags.len();
        }
        count
    }
}

async fn send(line: &str) {
    tracing::info!("{line}");
}
