use std::sync::Mutex;

#[derive(Clone)]
struct Pair {
    left: Vec<u32>,
    right: Vec<u32>,
}

struct Both {
    pair: Mutex<Pair>,
}

impl Both {
    fn left(&self, n: u32) {
        self.pair.lock().unwrap().left.push(n);
    }

    fn right(&self, n: u32) {
        self.pair.lock().unwrap().right.push(n);
    }

    fn copy(&self) -> Pair {
        self.pair.lock().unwrap().clone()
    }
}
