// reason: looks into what
use std::collections::{hash_map::Entry, HashMap};

use tokio::sync::mpsc::Sender;
use tokio::sync::Mutex;

type Senders = Mutex<HashMap<u64, Sender<u64>>>;

pub async fn sent_or_opened(senders: &Senders, id: u64, opened: &Sender<u64>) {
    let mut senders = senders.lock().await;
    match senders.entry(id) {
        Entry::Occupied(entry) => {
            let _ = entry.get().send(1).await;
        }
        Entry::Vacant(entry) => {
            let sender = entry.insert(opened.clone());
            let _ = sender.send(2).await;
        }
    }
}

pub async fn of_a_scrutinee(senders: &Senders, id: u64) {
    match senders.lock().await.entry(id) {
        Entry::Occupied(entry) => {
            let _ = entry.get().send(1).await;
        }
        Entry::Vacant(_) => {}
    }
}
