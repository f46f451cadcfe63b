// reason: `tokio::sync::OnceCell`
use std::sync::Arc;

use tokio::sync::Mutex;

pub struct Client {
    token: Mutex<Option<Arc<str>>>,
}

async fn login() -> Arc<str> {
    tokio::task::yield_now().await;
    Arc::from("token")
}

impl Client {
    pub fn new() -> Client {
        Client { token: Mutex::new(None) }
    }

    pub async fn token(&self) -> Arc<str> {
        let mut token = self.token.lock().await;
        if token.is_none() {
            *token = Some(login().await);
        }
        token.as_ref().unwrap().clone()
    }
}
