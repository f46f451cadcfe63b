// level: review
//! Moves that a person should look at: shared pointers, a type with a Clone of its own, a sender.

use std::sync::Arc;

use tokio::sync::mpsc::Sender;

pub struct Lease {
    name: String,
    renewals: u32,
}

impl Clone for Lease {
    fn clone(&self) -> Self {
        Lease {
            name: self.name.clone(),
            renewals: 0,
        }
    }
}

pub async fn serve(config: Arc<String>, lease: Lease, log: Sender<String>) -> usize {
    let _ = log
        .clone()
        .send(format!("{} renewals", lease.renewals))
        .await;
    let size = config.len();
    size + finish(config.clone(), lease.clone()).await
}

async fn finish(config: Arc<String>, mut lease: Lease) -> usize {
    lease.renewals += 1;
    let task = tokio::spawn(async move { config.len() + lease.name.len() });
    task.await.unwrap_or(0)
}
