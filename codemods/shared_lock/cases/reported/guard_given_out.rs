// reason: where its guard goes is not followed
use std::sync::{RwLock, RwLockReadGuard};

struct Config {
    hosts: Vec<String>,
}

struct Shared {
    config: RwLock<Config>,
}

impl Shared {
    fn get(&self) -> RwLockReadGuard<'_, Config> {
        self.config.read().unwrap()
    }

    fn longest(&self) -> Option<usize> {
        self.config.read().unwrap().hosts.iter().map(String::len).max()
    }

    fn set(&self, config: Config) {
        *self.config.write().unwrap() = config;
    }
}
