// level: review

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

#[derive(Debug, Default)]
pub(crate) struct Stats {
    hits: AtomicU64,
    misses: AtomicU64,
    longest: AtomicU64,
}

impl Stats {
    const WINDOW: u64 = 60;

    fn new() -> Self {
        Self { hits: AtomicU64::new(0), misses: AtomicU64::new(0), longest: AtomicU64::new(Self::window()) }
    }

    fn window() -> u64 {
        Self::WINDOW
    }

    fn hit(&self) {
        self.hits.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn miss(&self) -> u64 {
        self.misses.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn seen(&self, micros: u64) {
        self.longest.fetch_max(micros, Ordering::SeqCst);
    }

    fn hit_again(&self) {
        self.hit()
    }

    fn total(&self) -> u64 {
        self.hits.load(Ordering::SeqCst) + self.misses.load(Ordering::SeqCst)
    }

    fn ratio(&self) -> f64 {
        self.hits.load(Ordering::SeqCst) as f64 / self.total() as f64
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.hits.load(Ordering::SeqCst), self.total())
    }
}

pub(crate) struct Cache {
    stats: Arc<Stats>,
}

impl Cache {
    pub(crate) fn new() -> Self {
        Cache { stats: Arc::new(Stats::new()) }
    }

    pub(crate) fn get(&self, found: bool, micros: u64) {
        self.stats.seen(micros);
        if found {
            self.stats.hit();
            self.stats.hit_again();
        } else {
            println!("miss {}", self.stats.miss());
        }
    }

    pub(crate) async fn fetch(&self) {
        self.stats.hit();
        from_disk().await;
    }

    pub(crate) fn show(&self) -> String {
        println!("{:?}", self.stats);
        println!("{}: {} {}", self.stats, self.stats.ratio(), self.stats.longest.load(Ordering::SeqCst));
        format!("{}", self.stats)
    }
}

async fn from_disk() {}
