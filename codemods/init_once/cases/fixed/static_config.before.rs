// level: review
use std::sync::{Arc, Mutex};

pub struct Config {
    pub name: String,
}

static CONFIG: Mutex<Option<Arc<Config>>> = Mutex::new(None);

pub fn config() -> Arc<Config> {
    let mut config = CONFIG.lock().unwrap();
    if config.is_none() {
        *config = Some(Arc::new(Config { name: String::from("main") }));
    }
    config.as_ref().unwrap().clone()
}
