// reason: it is made in a constant, where no `Arc` can be made
use std::sync::RwLock;

static WORDS: RwLock<Vec<String>> = RwLock::new(Vec::new());

fn longest() -> Option<usize> {
    WORDS.read().unwrap().iter().map(String::len).max()
}

fn load(words: Vec<String>) {
    *WORDS.write().unwrap() = words;
}
