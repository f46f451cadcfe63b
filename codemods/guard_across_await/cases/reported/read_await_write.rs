// reason: one critical section
use tokio::sync::Mutex;

#[derive(Default)]
pub struct Token {
    value: String,
    generation: u64,
}

pub struct Auth {
    token: Mutex<Token>,
}

impl Auth {
    /// Whoever comes second waits for the first one's token.
    pub async fn refresh(&self, seen: u64) -> String {
        let mut token = self.token.lock().await;
        if token.generation == seen {
            let fresh = login(token.generation).await;
            token.value = fresh;
            token.generation += 1;
        }
        token.value.clone()
    }
}

async fn login(generation: u64) -> String {
    tokio::task::yield_now().await;
    format!("token-{generation}")
}
