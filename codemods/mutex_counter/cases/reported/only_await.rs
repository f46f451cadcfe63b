// reason: is the only await of the loop in line
use tokio::sync::Mutex;

pub(crate) struct Worker {
    stop: Mutex<bool>,
    steps: Mutex<u64>,
}

impl Worker {
    fn step(&self) {}

    pub(crate) async fn run(&self) {
        while !*self.stop.lock().await {
            self.step();
        }
    }

    pub(crate) async fn stop(&self) {
        *self.stop.lock().await = true;
    }

    pub(crate) async fn until(&self, k: u64) {
        loop {
            let n = *self.steps.lock().await;
            if n >= k {
                return;
            }
        }
    }

    pub(crate) async fn stepped(&self) {
        *self.steps.lock().await += 1;
    }
}
