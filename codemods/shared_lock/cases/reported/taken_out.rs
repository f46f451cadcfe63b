// reason: reaches the value without a guard
use std::sync::RwLock;

struct Shared {
    words: RwLock<Vec<String>>,
}

impl Shared {
    fn longest(&self) -> Option<usize> {
        self.words.read().unwrap().iter().map(String::len).max()
    }

    fn set(&self, words: Vec<String>) {
        *self.words.write().unwrap() = words;
    }

    fn close(self) -> Vec<String> {
        self.words.into_inner().unwrap()
    }
}
