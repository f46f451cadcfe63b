// level: review
use std::sync::{Arc, RwLock};

#[derive(Clone, Debug, Default)]
struct Config {
    hosts: Vec<String>,
    name: String,
}

type SharedConfig = Arc<RwLock<Arc<Config>>>;

struct App {
    config: SharedConfig,
}

mod handlers {
    use std::sync::Arc;
    use super::{App, Config, SharedConfig};

    pub(super) fn hosts(config: SharedConfig) -> Vec<String> {
        let snapshot = Arc::clone(&config.read().unwrap());
        let copy: Config = (*snapshot).clone();
        copy.hosts
    }

    pub(super) fn show(app: &App) -> String {
        let config = Arc::clone(&app.config.read().unwrap());
        let mut text = format!("{config:?} {}", config.name);
        for host in &config.hosts {
            text += host;
        }
        text
    }

    pub(super) fn is_named(app: &App, name: &str) -> bool {
        app.config.read().unwrap().name == name
    }
}

fn set(app: &App, config: Config) {
    if let Ok(mut current) = app.config.write() {
        *current = Arc::new(config);
    }
}

fn app() -> App {
    App { config: SharedConfig::default() }
}
