use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::Mutex;

pub struct Task(pub u64);

pub async fn worker(queue: Arc<Mutex<VecDeque<Task>>>) {
    while let Some(task) = {
        let next = queue.lock().await.pop_front();
        next
    } {
        run(task).await;
    }
}

async fn run(task: Task) {
    tokio::time::sleep(std::time::Duration::from_millis(task.0)).await;
}
