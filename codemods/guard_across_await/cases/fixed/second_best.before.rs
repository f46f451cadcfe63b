use std::cell::RefCell;
use std::collections::HashMap;

use parking_lot::Mutex;
use tokio::sync::mpsc;

pub struct Names {
    names: RefCell<Vec<String>>,
    asked: u64,
}

pub struct Directory {
    names: Mutex<Names>,
    watchers: Mutex<HashMap<u64, mpsc::Sender<String>>>,
}

impl Directory {
    /// As a block's tail `names.names.borrow()` would outlive the guard before edition 2024.
    pub async fn count(&self) -> usize {
        let mut names = self.names.lock();
        names.asked += 1;
        let count = names.names.borrow().len();
        publish(count).await;
        count
    }

    /// `tell` wants the reference that the pattern binds now.
    pub async fn notify(&self, id: u64, name: String) -> bool {
        if let Some(watcher) = self.watchers.lock().get(&id) {
            return tell(watcher, name).await;
        }
        false
    }

    pub async fn poisoned(&self, plain: &std::sync::Mutex<Vec<u64>>) -> usize {
        let plain = plain.lock();
        let mut plain = plain.unwrap();
        plain.push(1);
        plain.dedup();
        publish(0).await;
        0
    }
}

async fn publish(count: usize) {
    tracing::debug!(count);
    tokio::task::yield_now().await;
}

async fn tell(watcher: &mpsc::Sender<String>, name: String) -> bool {
    watcher.send(name).await.is_ok()
}
