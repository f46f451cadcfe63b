// level: safe

use std::sync::{Arc, Mutex};
use std::thread;

struct Job {
    lines: Vec<String>,
}

fn parse(line: &str) -> Option<u32> {
    line.trim().parse().ok()
}

/// Lines that could not be read, over all workers.
fn run(jobs: Vec<Job>) -> (u64, u64) {
    let bad = Arc::new(Mutex::new(0));
    let sum = Arc::new(Mutex::new(0u64));
    let mut handles = Vec::new();
    for job in jobs {
        let bad = Arc::clone(&bad);
        let sum = sum.clone();
        handles.push(thread::spawn(move || {
            for line in &job.lines {
                match parse(line) {
                    Some(value) => *sum.lock().unwrap() += u64::from(value),
                    None => *bad.lock().unwrap() += 1,
                }
            }
        }));
    }
    for handle in handles {
        handle.join().unwrap();
    }
    let bad: u64 = *bad.lock().unwrap();
    let sum = *sum.lock().unwrap();
    (bad, sum)
}
