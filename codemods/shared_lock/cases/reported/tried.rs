// reason: who fails to get the lock does something else
use std::sync::RwLock;

struct Shared {
    words: RwLock<Vec<String>>,
}

impl Shared {
    fn longest(&self) -> Option<usize> {
        self.words.read().unwrap().iter().map(String::len).max()
    }

    fn sum(&self) -> usize {
        match self.words.try_read() {
            Ok(words) => words.iter().map(String::len).sum(),
            Err(_) => 0,
        }
    }

    fn set(&self, words: Vec<String>) {
        *self.words.write().unwrap() = words;
    }
}
