// reason: is the only await of the loop in line 17
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Mutex;

struct Probe {
    hits: Mutex<u64>,
    stop: AtomicBool,
}

impl Probe {
    async fn hit(&self) {
        *self.hits.lock().await += 1;
    }

    async fn run(&self) {
        while !self.stop.load(Ordering::SeqCst) {
            // Ready at once: nobody else runs here.
            std::future::ready(()).await;
            async { 3 }.await;
            self.hit().await;
        }
    }
}
