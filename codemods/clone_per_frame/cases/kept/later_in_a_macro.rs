//! Looks like the last use, but a macro names the value once more.

use std::path::PathBuf;

use tokio::sync::mpsc::Sender;
use tracing::{info, warn};

pub async fn publish(path: PathBuf, topic: String, sender: Sender<(String, PathBuf)>) {
    if sender.send((topic.clone(), path.clone())).await.is_err() {
        warn!("nobody listens to {topic}");
        return;
    }
    info!(topic, "published {}", path.display());
}

pub async fn width(label: String, columns: Vec<String>) -> String {
    let owned = std::mem::take(&mut label.clone());
    let text = format!("{label:>0$}", columns.len() + owned.len());
    text
}
