use tokio::sync::Mutex;

struct Sizes {
    all: Mutex<Vec<usize>>,
}

async fn report(_: usize) {}

impl Sizes {
    // The guard is a temporary of the whole statement.
    async fn show(&self) {
        report(self.all.lock().await.len()).await;
    }

    async fn add(&self, size: usize) {
        self.all.lock().await.push(size);
    }
}
