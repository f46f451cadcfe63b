// level: safe
use std::fmt::{self, Write};

pub struct Row(pub Vec<u32>, pub String);

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for cell in &self.0 {
            let more = format!("{cell}");
            f.write_str(&more)?;
            f.write_str(&format!("{}", cell))?;
            f.write_str(&format!("{}", self.1))?;
            f.write_str(&format!("-"))?;
            f.write_str(&format!("{}", 'c'))?;
        }
        Ok(())
    }
}

pub fn text(out: &mut String, cells: &[u32]) {
    for cell in cells {
        out.write_str(&format!("{cell};")).unwrap();
    }
}
