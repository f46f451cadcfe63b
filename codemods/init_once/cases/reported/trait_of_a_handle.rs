// reason: which a call would find before the cell's
use std::sync::{Arc, Mutex};

pub trait Get {
    fn get(&self) -> Option<u32>;
}

impl<T> Get for Arc<T> {
    fn get(&self) -> Option<u32> {
        None
    }
}

pub struct Leaf {
    number: Arc<Mutex<Option<u32>>>,
}

impl Leaf {
    pub fn new() -> Leaf {
        Leaf { number: Arc::new(Mutex::new(None)) }
    }

    pub fn number(&self) -> u32 {
        *self.number.lock().unwrap().get_or_insert_with(|| 7)
    }

    pub fn known(&self) -> Option<u32> {
        *self.number.lock().unwrap()
    }
}
