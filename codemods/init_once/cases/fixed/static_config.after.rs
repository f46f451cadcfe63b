// level: safe
use std::sync::{Arc, OnceLock};

pub struct Config {
    pub name: String,
}

static CONFIG: OnceLock<Arc<Config>> = OnceLock::new();

pub fn config() -> Arc<Config> {
    let config = CONFIG.get_or_init(|| Arc::new(Config { name: String::from("main") }));
    config.clone()
}
