//! A service's counters, written with atomics by hand: what the mutator turns into mutexes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::thread;

static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

#[derive(Debug, Default)]
struct Stats {
    requests: AtomicU64,
    bytes: AtomicU64,
    errors: AtomicU32,
    slowest: AtomicU64,
    fastest: AtomicU64,
    balance: AtomicI64,
    draining: AtomicBool,
    mask: AtomicU32,
}

struct Worker {
    done: Arc<AtomicU64>,
    shards: [AtomicU32; 4],
    routes: RwLock<HashMap<String, u64>>,
}

fn next_id() -> u64 {
    NEXT_ID.fetch_add(1, Ordering::Relaxed)
}

fn open() -> usize {
    let open = CONNECTIONS.fetch_add(1, Ordering::SeqCst) + 1;
    open.min(1000)
}

impl Stats {
    fn record(&self, bytes: u64, micros: u64, ok: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if !ok {
            self.errors.fetch_add(1, Ordering::Relaxed);
        }
        self.slowest.fetch_max(micros, Ordering::Relaxed);
        self.fastest.fetch_min(micros, Ordering::Relaxed);
        self.balance.fetch_sub(3, Ordering::Relaxed);
    }

    fn drain(&self) -> bool {
        self.draining.swap(true, Ordering::AcqRel)
    }

    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    fn flags(&self, on: u32, off: u32, flip: u32) -> u32 {
        self.mask.fetch_or(on, Ordering::AcqRel);
        self.mask.fetch_and(off, Ordering::AcqRel);
        self.mask.fetch_xor(flip, Ordering::AcqRel);
        let mask = self.mask.load(Ordering::Acquire);
        mask
    }

    fn window(&self) -> (u64, u32) {
        let bytes = self.bytes.swap(0, Ordering::AcqRel);
        let errors = self.errors.swap(0, Ordering::AcqRel);
        self.requests.store(0, Ordering::Release);
        (bytes, errors)
    }

    fn mean(&self) -> f64 {
        let requests = self.requests.load(Ordering::Relaxed);
        if requests == 0 {
            return 0.0;
        }
        self.bytes.load(Ordering::Relaxed) as f64 / requests as f64
    }

    fn render(&self) -> String {
        let errors = self.errors.load(Ordering::Relaxed);
        format!("errors {errors}, balance {}", self.balance.load(Ordering::Relaxed))
    }
}

impl Worker {
    fn run(&self, jobs: u64) {
        let done = Arc::clone(&self.done);
        let handle = thread::spawn(move || {
            for _ in 0..jobs {
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
        self.shards[0].fetch_add(1, Ordering::Relaxed);
        handle.join().unwrap();
    }

    fn ticket(&self) -> u64 {
        let before = self.done.fetch_add(2, Ordering::Relaxed);
        before * 2
    }

    fn finished(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }
}
