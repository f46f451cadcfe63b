// level: safe
use std::sync::OnceLock;

pub struct Page {
    text: OnceLock<String>,
    number: u32,
}

impl Page {
    pub const fn new(number: u32) -> Page {
        Page { text: OnceLock::new(), number }
    }

    pub fn length(&self) -> usize {
        self.text.get_or_init(|| format!("page {}", self.number)).len()
    }

    pub fn into_text(self) -> Option<String> {
        self.text.into_inner()
    }
}
