// level: review
use std::sync::Mutex;

#[derive(Debug)]
struct Node {
    hash: Mutex<Option<u64>>,
    text: String,
}

impl Node {
    fn hash(&self) -> u64 {
        let mut hash = self.hash.lock().unwrap();
        if hash.is_none() {
            *hash = Some(self.text.bytes().map(u64::from).sum());
        }
        hash.unwrap()
    }
}

pub fn told(text: &str) -> String {
    let node = Node { hash: Mutex::new(None), text: text.to_string() };
    let hash = node.hash();
    format!("{node:?} {hash}")
}
