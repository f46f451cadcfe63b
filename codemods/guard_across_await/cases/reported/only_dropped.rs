// reason: is kept for nothing but to hold the lock
use tokio::sync::Mutex;

pub struct Migrations {
    done: Mutex<Vec<String>>,
}

impl Migrations {
    pub async fn migrate(&self, name: &str) -> usize {
        let turn = self.done.lock().await;
        let rows = run_migration(name).await;
        drop(turn);
        rows
    }
}

async fn run_migration(name: &str) -> usize {
    tokio::task::yield_now().await;
    name.len()
}
