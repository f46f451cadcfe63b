// reason: no snapshot can be taken in front of its statement
use std::sync::RwLock;

struct Shared {
    words: RwLock<Vec<String>>,
}

impl Shared {
    fn wait_for(&self, word: &str) {
        while !self.words.read().unwrap().iter().any(|known| known == word) {
            std::thread::yield_now();
        }
    }

    fn set(&self, words: Vec<String>) {
        *self.words.write().unwrap() = words;
    }
}
