// level: review

use std::fmt;
use std::sync::{Arc, Mutex};

#[derive(Debug, Default)]
pub(crate) struct Stats {
    hits: u64,
    misses: u64,
    longest: u64,
}

impl Stats {
    const WINDOW: u64 = 60;

    fn new() -> Self {
        Self { hits: 0, misses: 0, longest: Self::window() }
    }

    fn window() -> u64 {
        Self::WINDOW
    }

    fn hit(&mut self) {
        self.hits += 1;
    }

    pub(crate) fn miss(&mut self) -> u64 {
        self.misses += 1;
        self.misses
    }

    fn seen(&mut self, micros: u64) {
        if micros > self.longest {
            self.longest = micros;
        }
    }

    fn hit_again(&mut self) {
        self.hit()
    }

    fn total(&self) -> u64 {
        self.hits + self.misses
    }

    fn ratio(&self) -> f64 {
        self.hits as f64 / self.total() as f64
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.hits, self.total())
    }
}

pub(crate) struct Cache {
    stats: Arc<Mutex<Stats>>,
}

impl Cache {
    pub(crate) fn new() -> Self {
        Cache { stats: Arc::new(Mutex::new(Stats::new())) }
    }

    pub(crate) fn get(&self, found: bool, micros: u64) {
        let mut stats = self.stats.lock().unwrap();
        stats.seen(micros);
        drop(stats);
        if found {
            self.stats.lock().unwrap().hit();
            self.stats.lock().unwrap().hit_again();
        } else {
            println!("miss {}", self.stats.lock().unwrap().miss());
        }
    }

    pub(crate) async fn fetch(&self) {
        let mut stats = self.stats.lock().unwrap();
        stats.hit();
        from_disk().await;
    }

    pub(crate) fn show(&self) -> String {
        let stats = self.stats.lock().unwrap();
        println!("{:?}", stats);
        println!("{}: {} {}", *stats, stats.ratio(), stats.longest);
        drop(stats);
        format!("{}", self.stats.lock().unwrap())
    }
}

async fn from_disk() {}
