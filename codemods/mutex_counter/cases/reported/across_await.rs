// reason: the lock is held across `tokio::time::sleep(pause).await` (line 25)

use std::time::Duration;

use tokio::sync::Mutex;

pub(crate) struct Pacer {
    calls: Mutex<u64>,
    pauses: Mutex<u32>,
}

impl Pacer {
    /// One at a time, each after a pause.
    pub(crate) async fn turn(&self, pause: Duration) -> u64 {
        let mut calls = self.calls.lock().await;
        tokio::time::sleep(Duration::from_millis(1)).await;
        *calls += 1;
        *calls
    }

    pub(crate) async fn pause(&self, pause: Duration) {
        let longest = Duration::from_secs(60);
        let pause = pause.min(longest);
        if *self.pauses.lock().await < 10 {
            wait(*self.pauses.lock().await, tokio::time::sleep(pause).await);
        }
        *self.pauses.lock().await += 1;
    }
}

fn wait(_pauses: u32, _slept: ()) {}
