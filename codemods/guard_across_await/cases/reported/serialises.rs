// reason: serialises `migrate(..)` (line 14) on purpose
use tokio::sync::Mutex;

pub struct Schema {
    migrations: Mutex<Vec<String>>,
}

impl Schema {
    /// One migration at a time.
    pub async fn migrate(&self, name: &str) -> usize {
        let _guard = self.migrations.lock().await;
        tracing::info!("migrating {name}");

        migrate(name).await
    }
}

async fn migrate(name: &str) -> usize {
    tokio::task::yield_now().await;
    name.len()
}
