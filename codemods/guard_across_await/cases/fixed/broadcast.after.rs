use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::{mpsc, RwLock};

pub type Clients = Arc<RwLock<HashMap<SocketAddr, mpsc::Sender<Arc<str>>>>>;

/// Tells everybody but the one it came from.
pub async fn broadcast(clients: &Clients, from: SocketAddr, text: Arc<str>) {
    let clients = clients
        .read()
        .await
        .iter()
        .map(|(addr, tx)| (*addr, tx.clone()))
        .collect::<Vec<_>>();
    for (addr, tx) in &clients {
        if *addr != from {
            let _ = tx.send(text.clone()).await;
        }
    }
}

pub async fn close_all(clients: &Clients) {
    let values = clients.write().await.values().cloned().collect::<Vec<_>>();
    for tx in &values {
        let _ = tx.send("bye".into()).await;
    }
}
