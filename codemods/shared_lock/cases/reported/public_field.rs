// reason: is public, so its type is part of the library's API
use std::sync::RwLock;

pub struct Shared {
    pub words: RwLock<Vec<String>>,
}

impl Shared {
    pub fn longest(&self) -> Option<usize> {
        self.words.read().unwrap().iter().map(String::len).max()
    }

    pub fn set(&self, words: Vec<String>) {
        *self.words.write().unwrap() = words;
    }
}
