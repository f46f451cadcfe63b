// reason: is public, so its type is part of the library's API
use tokio::sync::Mutex;

pub struct Settings {
    pub values: Mutex<Vec<String>>,
}

impl Settings {
    pub async fn add(&self, value: &str) {
        self.values.lock().await.push(value.to_string());
    }
}
