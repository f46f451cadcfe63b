use std::sync::Mutex;

pub struct Kept {
    text: Mutex<Option<String>>,
}

impl Kept {
    pub fn new() -> Kept {
        Kept { text: Mutex::new(None) }
    }

    pub fn fill(&self) -> usize {
        let mut slot = self.text.lock().unwrap();
        if slot.is_none() {
            *slot = Some("a text".to_string());
        }
        slot.as_ref().unwrap().len()
    }

    pub fn end(&self) -> Option<String> {
        let mut slot = self.text.lock().unwrap();
        slot.take()
    }
}
