// options: select-place = true
// reason: its place in the queue is lost
use std::sync::Arc;
use tokio::sync::{mpsc::Receiver, Mutex};

pub async fn run(state: Arc<Mutex<u64>>, mut orders: Receiver<u64>) {
    loop {
        tokio::select! {
            mut state = state.lock() => *state += 1,
            order = orders.recv() => println!("{order:?}"),
        }
    }
}
