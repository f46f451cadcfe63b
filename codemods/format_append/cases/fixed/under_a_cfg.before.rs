//! Where the function is left out, nothing needs the trait.

#[cfg(not(windows))]
pub fn lines(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{name}:{}", names.len()));
    }
    out
}

pub struct Page(pub String);

#[cfg(not(windows))]
impl Page {
    pub fn add(&mut self, names: &[&str]) {
        for name in names {
            self.0 += &format!("{name}:{}", names.len());
        }
    }
}
