use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{mpsc, RwLock};

type Ports = Arc<RwLock<HashMap<u16, mpsc::Sender<Vec<u8>>>>>;

async fn open(ports: Ports, port: u16) {
    if !ports.read().await.contains_key(&port) {
        let (sender, _) = mpsc::channel(8);
        ports.write().await.insert(port, sender);
    }
    tokio::task::yield_now().await;
}

/// The drop has a reason beside it, which stays.
async fn with_a_reason(ports: Ports, port: u16) {
    {
        let known = ports.read().await;
        if !known.contains_key(&port) {
            // The writer must not wait for this.
            drop(known);
            let (sender, _) = mpsc::channel(8);
            ports.write().await.insert(port, sender);
        }
    }
    tokio::task::yield_now().await;
}

/// Something is done before the lock is let go.
async fn not_at_once(ports: Ports, port: u16, full: &mut bool) {
    {
        let known = ports.read().await;
        if known.len() > 10 {
            *full = !known.contains_key(&port);
            drop(known);
            ports.write().await.clear();
        }
    }
    tokio::task::yield_now().await;
}
