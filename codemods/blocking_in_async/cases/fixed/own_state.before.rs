// level: safe
use std::collections::{HashMap, VecDeque};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

pub async fn worker(mut jobs: mpsc::Receiver<PathBuf>) -> usize {
    let mut total = 0;
    while let Some(path) = jobs.recv().await {
        total += std::fs::read(path).map_or(0, |bytes| bytes.len());
    }
    total
}

pub async fn queued(mut queue: VecDeque<PathBuf>, out: mpsc::Sender<Vec<u8>>) {
    while let Some(path) = queue.pop_front() {
        let bytes = std::fs::read(path).unwrap_or_default();
        let _ = out.send(bytes).await;
    }
}

pub async fn page(path: &Path) -> String {
    let mut page = String::new();
    page.push_str("<pre>");
    write!(page, "{}: ", path.display()).unwrap();
    page.push_str(&std::fs::read_to_string(path).unwrap_or_default());
    page.push_str("</pre>");
    page
}

pub async fn counts(path: &Path) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    counts.insert(String::new(), 0);
    let text = std::fs::read_to_string(path).unwrap_or_default();
    for word in text.split_whitespace() {
        *counts.entry(word.to_owned()).or_insert(0) += 1;
    }
    counts
}

pub async fn held_before(path: &Path, limit: &tokio::sync::Semaphore) -> usize {
    let Ok(_permit) = limit.acquire().await else {
        return 0;
    };
    tokio::task::yield_now().await;
    std::fs::read(path).map_or(0, |bytes| bytes.len())
}
