// reason: takes all of its fields at one moment
use std::sync::Mutex;

struct Parts {
    left: Vec<String>,
    right: Vec<String>,
}

impl Drop for Parts {
    fn drop(&mut self) {
        assert_eq!(self.left.len(), self.right.len());
    }
}

struct Both {
    parts: Mutex<Parts>,
}

impl Both {
    fn new() -> Self {
        let parts = Parts { left: Vec::new(), right: Vec::new() };
        Both { parts: Mutex::new(parts) }
    }

    fn left(&self, text: String) {
        self.parts.lock().unwrap().left.push(text);
    }

    fn right(&self, text: String) {
        self.parts.lock().unwrap().right.push(text);
    }
}
