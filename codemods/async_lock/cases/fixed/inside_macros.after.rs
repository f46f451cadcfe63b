// prefer: std
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

struct Jobs {
    open: Mutex<Vec<String>>,
}

impl Jobs {
    async fn show(&self) {
        println!(
            "{} open",
            self.open
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .len()
        );
    }

    async fn run(&self) {
        tokio::select! {
            _ = tokio::time::sleep(Duration::from_secs(1)) => {
                self.open.lock().unwrap_or_else(PoisonError::into_inner).clear();
            }
            _ = tokio::signal::ctrl_c() => {
                let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
                open.push(format!("stopped"));
            }
        }
    }

    async fn expect(&self) {
        assert_eq!(
            self.open
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .len(),
            0
        );
    }
}
