// reason: is imported differently under `cfg`
#[cfg(feature = "model")]
use model::Mutex;
#[cfg(not(feature = "model"))]
use tokio::sync::Mutex;

struct Counters {
    names: Mutex<Vec<String>>,
}

impl Counters {
    async fn add(&self, name: String) {
        self.names.lock().await.push(name);
    }
}
