// reason: is held across `run(..)` (line 15) on purpose
use std::sync::Mutex;

pub struct Tests {
    environment: Mutex<Vec<String>>,
}

impl Tests {
    /// The environment must not change under a test.
    #[allow(clippy::await_holding_lock)]
    pub async fn with(&self, name: &str) -> usize {
        let mut environment = self.environment.lock().unwrap();
        environment.push(name.to_owned());
        let count = environment.len();
        run(count).await
    }
}

async fn run(count: usize) -> usize {
    tokio::task::yield_now().await;
    count
}
