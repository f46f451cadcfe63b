// reason: it needs `use std::fmt::Write`, which may change what `page.write_str("</p>")` (case-format-append/src/reported_another_method_after.rs, line 46) means

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

pub fn listed(page: &mut Page, numbers: &[u32]) -> fmt::Result {
    let mut out = String::new();
    for number in numbers {
        out.push_str(&format!("{number} of {}", numbers.len()));
    }
    if out.is_empty() {
        return Ok(());
    }
    numbers.iter().try_for_each(|_| {
        // Not escaped: this is the text's own.
        page.write_str("</p>")
    })
}
