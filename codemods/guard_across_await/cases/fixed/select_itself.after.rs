use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;

pub struct Backoff {
    delay: Mutex<Duration>,
    wake: Notify,
}

impl Backoff {
    pub async fn wait(&self) -> bool {
        let pause = {
            let mut delay = self.delay.lock().unwrap();
            *delay = (*delay * 2).min(Duration::from_secs(30));
            *delay
        };
        tokio::select! {
            _ = tokio::time::sleep(pause) => true,
            _ = self.wake.notified() => false,
        }
    }

    pub async fn both(&self) {
        let pause = *self.delay.lock().unwrap() / 2;
        tokio::join!(tokio::time::sleep(pause), self.wake.notified());
    }
}
