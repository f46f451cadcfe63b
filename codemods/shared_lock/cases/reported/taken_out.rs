// reason: it is not known to have a `Clone`
use std::sync::RwLock;

struct Words {
    all: Vec<String>,
}

struct Shared {
    words: RwLock<Words>,
}

impl Shared {
    fn longest(&self) -> Option<usize> {
        self.words.read().unwrap().all.iter().map(String::len).max()
    }

    fn set(&self, words: Words) {
        *self.words.write().unwrap() = words;
    }

    fn close(self) -> Words {
        self.words.into_inner().unwrap()
    }
}
