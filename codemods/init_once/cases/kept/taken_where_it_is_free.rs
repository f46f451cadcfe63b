use std::sync::Mutex;

pub struct Stopped {
    why: Mutex<Option<String>>,
}

impl Stopped {
    pub fn new() -> Stopped {
        Stopped { why: Mutex::new(None) }
    }

    pub fn note(&self, why: &str) {
        let mut slot = self.why.lock().unwrap();
        if slot.is_none() {
            *slot = Some(why.to_string());
        }
    }

    pub fn told(&self) -> Option<String> {
        if let Ok(mut slot) = self.why.lock() {
            return slot.take();
        }
        None
    }
}
