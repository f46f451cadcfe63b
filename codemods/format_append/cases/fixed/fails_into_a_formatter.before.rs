// level: review
use std::fmt;

pub struct Rows<T>(pub Vec<T>);

impl<T: fmt::Display> fmt::Display for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.0 {
            f.write_str(&format!("{row};"))?;
        }
        Ok(())
    }
}
