// level: safe
use parking_lot::RwLock;

pub struct Page {
    text: RwLock<Option<String>>,
    number: u32,
}

impl Page {
    pub const fn new(number: u32) -> Page {
        Page { text: parking_lot::const_rwlock(None), number }
    }

    pub fn length(&self) -> usize {
        let mut text = self.text.write();
        match text.as_ref() {
            Some(text) => text.len(),
            None => {
                *text = Some(format!("page {}", self.number));
                text.as_ref().unwrap().len()
            }
        }
    }

    pub fn into_text(self) -> Option<String> {
        self.text.into_inner()
    }
}
