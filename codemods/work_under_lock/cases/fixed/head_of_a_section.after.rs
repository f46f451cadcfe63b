// level: review
use std::collections::HashMap;
use std::sync::Mutex;

pub struct Index {
    words: Mutex<HashMap<String, Vec<usize>>>,
}

impl Index {
    pub async fn add(&self, text: &str) {
        let mut found = Vec::new();
        for (at, word) in text.split(' ').enumerate() {
            found.push((word.to_lowercase(), at));
        }
        let mut words = self.words.lock().unwrap();
        for (word, at) in found {
            words.entry(word).or_default().push(at);
        }
    }
}
