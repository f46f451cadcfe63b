use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{broadcast, mpsc, Mutex};

pub struct Feed {
    state: Mutex<String>,
    tx: broadcast::Sender<u32>,
    out: mpsc::UnboundedSender<u32>,
    version: AtomicU64,
}

impl Feed {
    pub async fn follow(&self) -> u32 {
        let (seen, mut rx) = {
            let state = self.state.lock().await;
            let seen = state.len() as u32;
            let rx = self.tx.subscribe();
            (seen, rx)
        };
        seen + rx.recv().await.unwrap_or(0)
    }

    pub async fn tell(&self) -> usize {
        let len = {
            let mut state = self.state.lock().await;
            state.push('.');
            let len = state.len();
            let _ = self.out.send(len as u32);
            self.version.store(len as u64, Ordering::SeqCst);
            len
        };
        let half = len / 2;
        pause().await;
        half
    }

    pub async fn kept_on_disk(&self, path: &std::path::Path) -> std::io::Result<usize> {
        let text = {
            let state = self.state.lock().await;
            let text = state.clone();
            std::fs::write(path, &text)?;
            text
        };
        let lines = text.lines().count();
        pause().await;
        Ok(lines)
    }

    pub async fn read_together(&self) -> (u64, usize) {
        let (len, version) = {
            let state = self.state.lock().await;
            let len = state.len();
            let version = self.version.load(Ordering::SeqCst);
            (len, version)
        };
        pause().await;
        (version, len)
    }
}

async fn pause() {
    tokio::task::yield_now().await;
}
