use std::sync::Arc;

use tokio::sync::{mpsc, Mutex, RwLock};

pub struct Client {
    name: String,
}

impl Client {
    pub async fn call(&self, what: &str) -> usize {
        tokio::task::yield_now().await;
        what.len() + self.name.len()
    }
}

pub struct Link {
    client: Arc<Client>,
    tx: mpsc::Sender<usize>,
    limit: usize,
    calls: u64,
}

pub struct Links {
    link: Mutex<Link>,
    shared: RwLock<Arc<Client>>,
}

impl Links {
    /// Two calls on what an `Arc` in the guard holds.
    pub async fn twice(&self) -> usize {
        let mut link = self.link.lock().await;
        link.calls += 1;
        let a = link.client.call("a").await;
        let b = link.client.call("b").await;
        a + b
    }

    /// The guard is one of an `Arc`.
    pub async fn shared(&self) -> usize {
        let client = self.shared.read().await;
        let a = client.call("a").await;
        a + client.call("b").await
    }

    /// A handle and a number.
    pub async fn bounded(&self, n: usize) {
        let link = self.link.lock().await;
        for i in 0..n {
            if i < link.limit {
                let _ = link.tx.send(i).await;
            }
        }
    }
}
