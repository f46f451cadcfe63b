use tokio::sync::Mutex;

#[derive(Default)]
pub struct Attempts {
    count: u32,
    last_error: Option<String>,
}

pub struct Session {
    attempts: Mutex<Attempts>,
    limit: u32,
}

impl Session {
    pub async fn reconnect(&self, error: &str) -> bool {
        let mut attempts = self.attempts.lock().await;
        if attempts.count >= self.limit {
            drop(attempts);
            self.fail(error).await;
            return false;
        }
        attempts.count += 1;
        attempts.last_error = Some(error.to_owned());
        true
    }

    async fn fail(&self, error: &str) {
        tracing::error!(error);
        tokio::task::yield_now().await;
    }
}
