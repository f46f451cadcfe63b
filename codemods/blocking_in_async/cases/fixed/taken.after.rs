// level: review
use std::path::PathBuf;

use tokio::sync::{mpsc, watch};

pub struct Jobs {
    messages: mpsc::Receiver<PathBuf>,
    queue: Vec<PathBuf>,
    pending: Option<PathBuf>,
    changes: watch::Receiver<PathBuf>,
}

impl Jobs {
    pub async fn next(&mut self) -> Option<String> {
        let path = self.messages.recv().await?;
        let text = tokio::fs::read_to_string(&path).await.unwrap_or_default();
        Some(text)
    }

    pub async fn pop(&mut self) -> Option<String> {
        let path = self.queue.pop()?;
        tokio::fs::read_to_string(&path).await.ok()
    }

    pub async fn take(&mut self) -> Option<String> {
        let path = self.pending.take()?;
        tokio::fs::read_to_string(&path).await.ok()
    }

    pub async fn by_helper(&mut self) -> Option<String> {
        let path = self.newest()?;
        tokio::fs::read_to_string(&path).await.ok()
    }

    pub async fn changed(&mut self, fallback: PathBuf) -> Option<String> {
        self.changes.changed().await.ok()?;
        tokio::fs::read_to_string(&fallback).await.ok()
    }

    fn newest(&mut self) -> Option<PathBuf> {
        self.messages.try_recv().ok()
    }
}

pub async fn first(paths: &mut (dyn Iterator<Item = PathBuf> + Send)) -> Option<Vec<u8>> {
    tokio::fs::read(paths.next()?).await.ok()
}

pub async fn each(paths: &mut mpsc::Receiver<PathBuf>, sizes: &mut Vec<usize>) {
    while let Some(path) = paths.recv().await {
        sizes.push(tokio::fs::read(path).await.map_or(0, |bytes| bytes.len()));
    }
}
