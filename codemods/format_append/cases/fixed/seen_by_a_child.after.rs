use std::fmt;
use std::ops::{Deref, DerefMut};

/// Escapes what is written to it as `fmt::Write`, and leads to what has a `write_str` of its own.
pub struct Page(Raw);
pub struct Raw(String);

impl Raw {
    pub fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(text);
        Ok(())
    }
}

impl Deref for Page {
    type Target = Raw;
    fn deref(&self) -> &Raw {
        &self.0
    }
}

impl DerefMut for Page {
    fn deref_mut(&mut self) -> &mut Raw {
        &mut self.0
    }
}

impl fmt::Write for Page {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_str(&text.replace('<', "&lt;"))
    }
}

pub fn listed(numbers: &[u32]) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for number in numbers {
        write!(out, "{number} of {}", numbers.len()).unwrap();
    }
    out
}

pub mod ends {
    use super::*;

    pub fn end(page: &mut Page) -> fmt::Result {
        page.write_str("</p>")
    }
}
