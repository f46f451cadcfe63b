// reason: `Parts` is used there without its lock
use std::sync::Mutex;

struct Parts {
    left: Vec<String>,
    right: Vec<String>,
}

fn both(parts: &Parts) -> usize {
    parts.left.len() + parts.right.len()
}

struct Both {
    parts: Mutex<Parts>,
}

impl Both {
    fn new(left: Vec<String>) -> Self {
        let parts = Parts { left, right: Vec::new() };
        assert!(both(&parts) < 10);
        Both { parts: Mutex::new(parts) }
    }

    fn left(&self, text: String) {
        self.parts.lock().unwrap().left.push(text);
    }

    fn right(&self, text: String) {
        self.parts.lock().unwrap().right.push(text);
    }
}
