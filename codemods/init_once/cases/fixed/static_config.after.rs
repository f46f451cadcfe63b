// level: review
use std::sync::{Arc, LazyLock};

pub struct Config {
    pub name: String,
}

static CONFIG: LazyLock<Arc<Config>> = LazyLock::new(|| Arc::new(Config { name: String::from("main") }));

pub fn config() -> Arc<Config> {
    let config = &*CONFIG;
    config.clone()
}
