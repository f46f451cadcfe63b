// prefer: std
use std::time::Duration;

use tokio::sync::Mutex;

struct Jobs {
    open: Mutex<Vec<String>>,
}

impl Jobs {
    async fn show(&self) {
        println!("{} open", self.open.lock().await.len());
    }

    async fn run(&self) {
        tokio::select! {
            _ = tokio::time::sleep(Duration::from_secs(1)) => {
                self.open.lock().await.clear();
            }
            _ = tokio::signal::ctrl_c() => {
                let mut open = self.open.lock().await;
                open.push(format!("stopped"));
            }
        }
    }

    async fn expect(&self) {
        assert_eq!(self.open.lock().await.len(), 0);
    }
}
