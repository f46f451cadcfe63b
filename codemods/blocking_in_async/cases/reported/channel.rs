// reason: `queue`, a `&Receiver<u64>`, is nothing that another thread can be given
use std::sync::mpsc::Receiver;

pub async fn next(queue: &Receiver<u64>) -> u64 {
    queue.recv().unwrap_or(0)
}
