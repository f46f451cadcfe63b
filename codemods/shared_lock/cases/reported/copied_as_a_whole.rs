// reason: `Clone` of `Parts` takes all of its fields at one moment
use std::sync::Mutex;

#[derive(Clone, Default)]
struct Parts {
    left: Vec<String>,
    right: Vec<String>,
}

#[derive(Default)]
struct Both {
    parts: Mutex<Parts>,
}

impl Both {
    fn left(&self, text: String) {
        self.parts.lock().unwrap().left.push(text);
    }

    fn right(&self, text: String) {
        self.parts.lock().unwrap().right.push(text);
    }
}
