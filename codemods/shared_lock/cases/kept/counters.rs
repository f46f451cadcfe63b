use std::sync::Mutex;

struct Stats {
    hits: Mutex<u64>,
    up: Mutex<bool>,
}

fn hit(stats: &Stats) -> u64 {
    *stats.hits.lock().unwrap() += 1;
    let hits = stats.hits.lock().unwrap();
    let mut sum = 0;
    for n in 0..*hits {
        sum += n;
    }
    sum
}

fn wait(stats: &Stats) {
    let up = stats.up.lock().unwrap();
    for _ in 0..3 {
        if *up {
            return;
        }
    }
}

fn start(stats: &Stats) {
    *stats.up.lock().unwrap() = true;
}
