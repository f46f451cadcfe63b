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
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        Some(text)
    }

    pub async fn pop(&mut self) -> Option<String> {
        let path = self.queue.pop()?;
        std::fs::read_to_string(&path).ok()
    }

    pub async fn take(&mut self) -> Option<String> {
        let path = self.pending.take()?;
        std::fs::read_to_string(&path).ok()
    }

    pub async fn by_helper(&mut self) -> Option<String> {
        let path = self.newest()?;
        std::fs::read_to_string(&path).ok()
    }

    pub async fn changed(&mut self, fallback: PathBuf) -> Option<String> {
        self.changes.changed().await.ok()?;
        std::fs::read_to_string(&fallback).ok()
    }

    fn newest(&mut self) -> Option<PathBuf> {
        self.messages.try_recv().ok()
    }
}

pub async fn first(paths: &mut (dyn Iterator<Item = PathBuf> + Send)) -> Option<Vec<u8>> {
    std::fs::read(paths.next()?).ok()
}

pub async fn each(paths: &mut mpsc::Receiver<PathBuf>, sizes: &mut Vec<usize>) {
    while let Some(path) = paths.recv().await {
        sizes.push(std::fs::read(path).map_or(0, |bytes| bytes.len()));
    }
}
