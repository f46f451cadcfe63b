// level: review
use std::sync::{Arc, RwLock};

#[derive(Clone, Debug, Default)]
struct Config {
    hosts: Vec<String>,
    name: String,
}

type SharedConfig = Arc<RwLock<Config>>;

struct App {
    config: SharedConfig,
}

mod handlers {
    use super::{App, Config, SharedConfig};

    pub(super) fn hosts(config: SharedConfig) -> Vec<String> {
        let copy: Config = config.read().unwrap().clone();
        copy.hosts
    }

    pub(super) fn show(app: &App) -> String {
        let config = app.config.read().unwrap();
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
        *current = config;
    }
}

fn app() -> App {
    App { config: SharedConfig::default() }
}
