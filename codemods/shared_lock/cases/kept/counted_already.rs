use std::sync::{Arc, RwLock};

struct Config {
    hosts: Vec<String>,
}

struct Shared {
    config: RwLock<Arc<Config>>,
}

impl Shared {
    fn hosts(&self) -> usize {
        let config = Arc::clone(&self.config.read().unwrap());
        config.hosts.iter().filter(|host| host.is_empty()).count()
    }

    fn longest(&self) -> Option<usize> {
        self.config.read().unwrap().hosts.iter().map(String::len).max()
    }

    fn set(&self, config: Config) {
        *self.config.write().unwrap() = Arc::new(config);
    }
}
