// options: select-place = true
// reason: its place in the queue is lost
use std::sync::Arc;
use tokio::sync::Semaphore;

pub async fn run(slots: Arc<Semaphore>, mut timer: tokio::time::Interval) {
    loop {
        tokio::select! {
            permit = slots.acquire() => drop(permit),
            _ = timer.tick() => println!("still here"),
        }
    }
}
