use std::fmt;
use std::ops::{Deref, DerefMut};

/// A page that escapes what is written to it, and leads to its text.
pub struct Page(String);

impl Deref for Page {
    type Target = String;
    fn deref(&self) -> &String {
        &self.0
    }
}

impl DerefMut for Page {
    fn deref_mut(&mut self) -> &mut String {
        &mut self.0
    }
}

impl fmt::Write for Page {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(&text.replace('<', "&lt;"));
        Ok(())
    }
}

pub fn lines(page: &mut Page, numbers: &[u32]) {
    for number in numbers {
        **page += &format!("<b>{}</b>", number);
    }
}
