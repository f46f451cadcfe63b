use tokio::sync::Mutex;

pub(crate) struct Poll {
    done: Mutex<u64>,
    rounds: Mutex<u64>,
}

impl Poll {
    /// One of the two awaits stays.
    pub(crate) async fn until(&self, n: u64) {
        loop {
            if *self.done.lock().await >= n {
                return;
            }
            *self.rounds.lock().await += 1;
        }
    }

    pub(crate) async fn finish(&self) {
        *self.done.lock().await += 1;
    }

    pub(crate) async fn rounds(&self) -> u64 {
        *self.rounds.lock().await
    }
}
