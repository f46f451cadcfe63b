use std::sync::Mutex;

pub struct Kept {
    text: Mutex<Option<String>>,
}

impl Kept {
    pub fn new() -> Kept {
        Kept { text: Mutex::new(None) }
    }

    pub fn fill(&self) -> usize {
        self.text.lock().unwrap().get_or_insert_with(String::new).len()
    }

    pub fn clear(&mut self) {
        *self.text.get_mut().unwrap() = None;
    }
}
