// reason: one critical section
use std::sync::Arc;

use tokio::sync::Mutex;

pub struct Session {
    token: Arc<str>,
    uses: u64,
}

pub struct Sessions {
    session: Mutex<Session>,
}

impl Sessions {
    pub async fn refresh(&self) {
        let mut session = self.session.lock().await;
        let token = fetch(&session.token).await;
        session.token = token;
        session.uses += 1;
    }
}

async fn fetch(old: &str) -> Arc<str> {
    tokio::task::yield_now().await;
    Arc::from(old)
}
