//! Where the function is left out, nothing needs the trait.

#[cfg(not(windows))]
pub fn lines(names: &[&str]) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for name in names {
        write!(out, "{name}:{}", names.len()).unwrap();
    }
    out
}

pub struct Page(pub String);

#[cfg(not(windows))]
impl Page {
    pub fn add(&mut self, names: &[&str]) {
        use std::fmt::Write as _;
        for name in names {
            write!(self.0, "{name}:{}", names.len()).unwrap();
        }
    }
}
