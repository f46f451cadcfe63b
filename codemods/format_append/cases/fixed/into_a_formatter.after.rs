// level: safe
use std::fmt::{self, Write};

pub struct Row(pub Vec<u32>, pub String);

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for cell in &self.0 {
            write!(f, "{cell}")?;
            write!(f, "{}", cell)?;
            f.write_str(&self.1)?;
            f.write_str("-")?;
            write!(f, "{}", 'c')?;
        }
        Ok(())
    }
}

pub fn text(out: &mut String, cells: &[u32]) {
    for cell in cells {
        write!(out, "{cell};").unwrap();
    }
}
