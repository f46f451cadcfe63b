// level: review

use std::fmt::Write as _;

#[cfg(not(windows))]
pub type Page = String;
#[cfg(windows)]
pub struct Page(Vec<u16>);

#[cfg(windows)]
impl Page {
    pub fn push_str(&mut self, text: &str) {
        self.0.extend(text.encode_utf16());
    }
}

#[cfg(not(windows))]
type Size = u32;
#[cfg(windows)]
type Size = f64;

pub fn lines(page: &mut Page, names: &[&str]) {
    for name in names {
        page.push_str(&format!("{name}:{}", names.len()));
    }
}

pub async fn size(of: Size) -> String {
    format!("{}", of)
}

pub fn locals(names: &[&str]) -> usize {
    let mut total = 0;
    for name in names {
        #[cfg(not(windows))]
        let mut out = String::new();
        #[cfg(windows)]
        let mut out = Page(Vec::new());
        out.push_str(&format!("{name}{}", names.len()));
        total += 1;
    }
    total
}
