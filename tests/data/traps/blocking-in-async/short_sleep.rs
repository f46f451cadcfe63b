// left: short
// naive: a millisecond each
// swap: std::thread::sleep(Duration::from_micros(50)) => tokio::time::sleep(Duration::from_micros(50)).await
// end: kept
// words: tokio's timer has steps of one
use std::time::{Duration, Instant};

const TURNS: u64 = 40;

pub async fn pause() {
    std::thread::sleep(Duration::from_micros(50));
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // The best of some rounds: on a busy machine a thread is woken late. Each of tokio's ends at another tick.
    let rounds = (0..5).map(|_| {
        runtime.block_on(async {
            let start = Instant::now();
            for _ in 0..TURNS {
                pause().await;
            }
            start.elapsed()
        })
    });
    let best = rounds.min().unwrap();
    let short = best < Duration::from_millis(TURNS - 1);
    (if short { "short" } else { "a millisecond each" }).to_string()
}
