// reason: and may lock it wherever it is expanded
use std::sync::RwLock;

struct Shared {
    phrases: RwLock<Vec<String>>,
}

macro_rules! first {
    ($shared:expr) => {
        $shared.phrases.read().unwrap().first().cloned()
    };
}

impl Shared {
    fn longest(&self) -> Option<usize> {
        self.phrases.read().unwrap().iter().map(String::len).max()
    }

    fn first(&self) -> Option<String> {
        first!(self)
    }

    fn set(&self, phrases: Vec<String>) {
        *self.phrases.write().unwrap() = phrases;
    }
}
