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
        let client = {
            let mut link = self.link.lock().await;
            link.calls += 1;
            link.client.clone()
        };
        let a = client.call("a").await;
        let b = client.call("b").await;
        a + b
    }

    /// The guard is one of an `Arc`.
    pub async fn shared(&self) -> usize {
        let client = {
            let client = self.shared.read().await;
            client.clone()
        };
        let a = client.call("a").await;
        a + client.call("b").await
    }

    /// A handle and a number.
    pub async fn bounded(&self, n: usize) {
        let (limit, tx) = {
            let link = self.link.lock().await;
            (link.limit, link.tx.clone())
        };
        for i in 0..n {
            if i < limit {
                let _ = tx.send(i).await;
            }
        }
    }
}
