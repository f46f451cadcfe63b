use std::collections::HashMap;
use std::sync::RwLock;

struct Index {
    words: RwLock<HashMap<String, Vec<u32>>>,
}

impl Index {
    fn count(&self) -> usize {
        self.words.read().unwrap().values().map(Vec::len).sum()
    }

    fn copy(&self) -> HashMap<String, Vec<u32>> {
        self.words.read().unwrap().clone()
    }

    fn clear(&self) {
        *self.words.write().unwrap() = HashMap::new();
    }

    fn add(&self, word: String, at: u32) {
        self.words.write().unwrap().entry(word).or_default().push(at);
    }
}
