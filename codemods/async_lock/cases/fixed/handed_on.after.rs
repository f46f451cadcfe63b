// level: safe
// prefer: std
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

type Queue = Arc<Mutex<VecDeque<String>>>;

fn queue() -> Queue {
    Arc::new(Mutex::new(VecDeque::with_capacity(16)))
}

async fn push(queue: &Queue, line: String) {
    queue.lock().unwrap_or_else(PoisonError::into_inner).push_back(line);
}

async fn drain(queue: Queue) -> Vec<String> {
    let mut lines = queue.lock().unwrap_or_else(PoisonError::into_inner);
    lines.drain(..).collect()
}

struct Worker {
    queue: Queue,
}

impl Worker {
    async fn run(&self) {
        let queue = Arc::clone(&self.queue);
        let handle = tokio::spawn(async move {
            queue.lock().unwrap_or_else(PoisonError::into_inner).clear();
        });
        handle.await.ok();
        push(&self.queue, "done".to_string()).await;
    }
}

async fn start() -> usize {
    let queue = queue();
    let worker = Worker { queue: queue.clone() };
    worker.run().await;
    drain(queue).await.len()
}
