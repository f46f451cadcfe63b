use std::sync::Mutex;

pub struct Page {
    text: Mutex<Option<String>>,
}

impl Page {
    pub fn new() -> Page {
        Page { text: Mutex::new(None) }
    }

    pub fn is_there(&self) -> bool {
        self.text.lock().unwrap().is_some()
    }
}
