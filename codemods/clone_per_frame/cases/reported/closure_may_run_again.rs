// reason: may run more than once
//! A retry asks its closure for the body as often as it takes.

use tokio::sync::mpsc::Receiver;

pub async fn run(mut bodies: Receiver<Vec<u8>>) -> usize {
    let mut sent = 0;
    while let Some(body) = bodies.recv().await {
        sent += retry(|| body.clone());
    }
    sent
}

fn retry<F: Fn() -> Vec<u8>>(make: F) -> usize {
    (0..3).map(|_| make().len()).max().unwrap_or(0)
}
