use tokio::sync::Mutex;

struct Setup {
    once: Mutex<()>,
    done: Mutex<Vec<u32>>,
}

impl Setup {
    async fn run(&self) {
        let _guard = self.once.lock().await;
        self.work();
    }

    fn work(&self) {}

    async fn note(&self, n: u32) {
        let mut done = self.done.lock().await;
        done.push(n);
        tokio::task::yield_now().await;
        drop(done);
    }
}
