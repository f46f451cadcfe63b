use std::sync::{Arc, Mutex};

use tokio::sync::mpsc::Receiver;
use tracing::info;

pub(crate) async fn pump(mut lines: Receiver<String>, mut stop: Receiver<()>) -> u64 {
    let received = Arc::new(Mutex::new(0u64));
    let idle = Mutex::new(0u32);
    loop {
        tokio::select! {
            line = lines.recv() => {
                let Some(line) = line else { break };
                *received.lock().unwrap() += line.len() as u64;
            }
            _ = stop.recv() => {
                info!(received = *received.lock().unwrap(), "stopped");
                break;
            }
            _ = tokio::task::yield_now() => *idle.lock().unwrap() += 1,
        }
    }
    let count = idle.lock().unwrap();
    println!("idle {count} times, {} bytes", received.lock().unwrap());
    drop(count);
    let total = *received.lock().unwrap();
    total
}

pub(crate) fn count_to_three() {
    let seen = Mutex::new(0);
    for _ in 0..3 {
        *seen.lock().unwrap() += 1;
    }
    assert_eq!(*seen.lock().unwrap(), 3, "not all were seen");
}
