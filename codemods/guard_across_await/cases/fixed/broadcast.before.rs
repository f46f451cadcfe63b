use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::{mpsc, RwLock};

pub type Clients = Arc<RwLock<HashMap<SocketAddr, mpsc::Sender<Arc<str>>>>>;

/// Tells everybody but the one it came from.
pub async fn broadcast(clients: &Clients, from: SocketAddr, text: Arc<str>) {
    for (addr, tx) in clients.read().await.iter() {
        if *addr != from {
            let _ = tx.send(text.clone()).await;
        }
    }
}

pub async fn close_all(clients: &Clients) {
    let all = clients.write().await;
    for tx in all.values() {
        let _ = tx.send("bye".into()).await;
    }
}
