// level: safe

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::thread;

struct Job {
    lines: Vec<String>,
}

fn parse(line: &str) -> Option<u32> {
    line.trim().parse().ok()
}

/// Lines that could not be read, over all workers.
fn run(jobs: Vec<Job>) -> (u64, u64) {
    let bad = Arc::new(AtomicU64::new(0));
    let sum = Arc::new(AtomicU64::new(0u64));
    let mut handles = Vec::new();
    for job in jobs {
        let bad = Arc::clone(&bad);
        let sum = sum.clone();
        handles.push(thread::spawn(move || {
            for line in &job.lines {
                match parse(line) {
                    Some(value) => {
                        sum.fetch_add(u64::from(value), Ordering::Relaxed);
                    }
                    None => {
                        bad.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        }));
    }
    for handle in handles {
        handle.join().unwrap();
    }
    let bad: u64 = bad.load(Ordering::Relaxed);
    let sum = sum.load(Ordering::Relaxed);
    (bad, sum)
}
