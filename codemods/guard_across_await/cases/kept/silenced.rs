use tokio::sync::{Mutex, MutexGuard};

pub struct Token {
    value: Mutex<Option<String>>,
}

impl Token {
    pub async fn get(&self) -> String {
        // One refresh at a time.
        // spikeproof: allow(guard-across-await)
        let mut value = self.value.lock().await;
        if let Some(token) = value.as_ref() {
            return token.clone();
        }
        let fresh = refresh().await;
        value.insert(fresh).clone()
    }

    async fn value(&self) -> MutexGuard<'_, Option<String>> {
        self.value.lock().await
    }

    pub async fn renew(&self) {
        // Only its type shows that this is a guard.
        // spikeproof: allow(guard-across-await)
        let mut value = self.value().await;
        *value = None;
        refresh().await;
    }
}

async fn refresh() -> String {
    tokio::task::yield_now().await;
    "token".to_owned()
}
