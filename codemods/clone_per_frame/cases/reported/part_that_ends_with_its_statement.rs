// reason: what `load()` makes is gone at the end of the statement
//! What a method lends of a value that a call has just made has no life behind the statement.

use std::sync::Arc;

pub struct Config {
    pub name: Option<String>,
    pub tags: Vec<String>,
}

fn load() -> Config {
    Config {
        name: None,
        tags: Vec::new(),
    }
}

fn shared() -> Arc<Vec<String>> {
    Arc::new(Vec::new())
}

pub fn opened(rounds: usize) -> usize {
    let mut length = 0;
    for _ in 0..rounds {
        let name = load().name.clone().unwrap();
        length += name.len();
    }
    length
}

pub fn first(rounds: usize) -> usize {
    let mut length = 0;
    for _ in 0..rounds {
        let tag = load().tags.first().cloned();
        if let Some(tag) = tag {
            length += tag.len();
        }
    }
    length
}

pub fn viewed(rounds: usize) -> usize {
    let mut length = 0;
    for _ in 0..rounds {
        let all = shared().as_ref().clone();
        length += all.len();
    }
    length
}
