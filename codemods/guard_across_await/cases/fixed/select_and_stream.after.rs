use std::sync::Arc;
use std::time::Duration;

use futures::Stream;
use tokio::sync::{mpsc, Mutex};

#[derive(Clone, Copy)]
pub struct Tick(pub u64);

pub fn ticks(state: Arc<Mutex<Tick>>) -> impl Stream<Item = u64> {
    async_stream::stream! {
        loop {
            let now = {
                let mut state = state.lock().await;
                state.0 += 1;
                state.0
            };
            yield now;
        }
    }
}

pub async fn pump(mut rx: mpsc::Receiver<u64>, state: Arc<Mutex<Tick>>) {
    loop {
        tokio::select! {
            Some(step) = rx.recv() => {
                let total = {
                    let mut state = state.lock().await;
                    state.0 += step;
                    state.0
                };
                report("step", total).await;
            }
            _ = tokio::time::sleep(Duration::from_secs(1)) => {
                report("idle", 0).await;
            }
            else => break,
        }
    }
}

async fn report(what: &str, total: u64) {
    tracing::info!(what, total);
    tokio::task::yield_now().await;
}
