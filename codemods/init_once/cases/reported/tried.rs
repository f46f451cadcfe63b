// reason: `try_lock()` is called on it
use std::sync::Mutex;

pub struct Page {
    text: Mutex<Option<String>>,
}

impl Page {
    pub fn new() -> Page {
        Page { text: Mutex::new(None) }
    }

    pub fn length(&self) -> usize {
        let mut text = self.text.lock().unwrap();
        text.get_or_insert_with(|| "a page".to_string()).len()
    }

    pub fn is_free(&self) -> bool {
        self.text.try_lock().is_ok()
    }
}
