// reason: is public, so its type is part of the library's API
use std::sync::Mutex;

pub struct Page {
    pub text: Mutex<Option<String>>,
}

impl Page {
    pub fn length(&self) -> usize {
        self.text.lock().unwrap().get_or_insert_with(String::new).len()
    }
}
