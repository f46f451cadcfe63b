use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};
use std::sync::Arc;

use tokio::sync::mpsc::Receiver;
use tracing::info;

pub(crate) async fn pump(mut lines: Receiver<String>, mut stop: Receiver<()>) -> u64 {
    let received = Arc::new(AtomicU64::new(0u64));
    let idle = AtomicU32::new(0u32);
    loop {
        tokio::select! {
            line = lines.recv() => {
                let Some(line) = line else { break };
                received.fetch_add(line.len() as u64, Ordering::SeqCst);
            }
            _ = stop.recv() => {
                info!(received = received.load(Ordering::SeqCst), "stopped");
                break;
            }
            _ = tokio::task::yield_now() => { idle.fetch_add(1, Ordering::Relaxed); },
        }
    }
    let count = idle.load(Ordering::Relaxed);
    println!(
        "idle {count} times, {} bytes",
        received.load(Ordering::SeqCst)
    );
    let total = received.load(Ordering::SeqCst);
    total
}

pub(crate) fn count_to_three() {
    let seen = AtomicI32::new(0);
    for _ in 0..3 {
        seen.fetch_add(1, Ordering::SeqCst);
    }
    assert_eq!(seen.load(Ordering::SeqCst), 3, "not all were seen");
}
