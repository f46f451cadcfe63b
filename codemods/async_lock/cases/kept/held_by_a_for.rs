use tokio::sync::Mutex;

struct Peers {
    all: Mutex<Vec<String>>,
}

async fn ping(_: &str) {}

impl Peers {
    async fn ping_all(&self) {
        for peer in self.all.lock().await.iter() {
            ping(peer).await;
        }
    }

    async fn add(&self, peer: String) {
        self.all.lock().await.push(peer);
    }
}
