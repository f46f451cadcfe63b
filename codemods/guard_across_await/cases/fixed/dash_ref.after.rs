use std::sync::Arc;

use dashmap::DashMap;
use tokio::sync::mpsc;

pub struct Session {
    pub outbox: mpsc::Sender<u32>,
    pub seen: u32,
}

pub struct Hub {
    sessions: DashMap<u64, Session>,
    names: DashMap<String, Arc<str>>,
}

impl Hub {
    pub async fn push(&self, id: u64, value: u32) {
        if let Some(outbox) = self.sessions.get(&id).map(|session| session.outbox.clone()) {
            let _ = outbox.send(value).await;
        }
    }

    pub async fn touch(&self, id: u64) {
        let seen = {
            let Some(mut session) = self.sessions.get_mut(&id) else {
                return;
            };
            session.seen += 1;
            session.seen
        };
        self.audit(id, seen).await;
    }

    pub async fn rename(&self, id: u64, key: &str) {
        if let Some(name) = self.names.get(key) {
            tracing::info!("{} for {id}", name.value());
            drop(name);
            self.audit(id, 0).await;
        }
    }

    async fn audit(&self, id: u64, seen: u32) {
        tracing::info!(id, seen);
        tokio::task::yield_now().await;
    }
}
