// reason: may have a `push_str` of its own

use std::ops::{Deref, DerefMut};

/// Its `push_str` is that of its text, until somebody writes one.
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

pub fn lines(page: &mut Page, mut other: Page, numbers: &[u32]) {
    for number in numbers {
        page.push_str(&format!("{number} of {}", numbers.len()));
        other.push_str(&format!("{number} of {}", numbers.len()));
    }
}
