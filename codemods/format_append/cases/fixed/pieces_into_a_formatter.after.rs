// level: review
use std::fmt;

pub struct Row(pub Vec<u32>, pub i32);

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for cell in &self.0 {
            write!(f, "{:>4}|", cell)?;
            writeln!(f, "{cell}")?;
            write!(f, "{}", self.1)?;
            Row::shown(f, *cell)?;
        }
        Ok(())
    }
}

impl Row {
    fn shown(f: &mut fmt::Formatter<'_>, cell: u32) -> fmt::Result {
        (0..cell).try_for_each(|n| write!(f, "<{n}{cell}>"))
    }
}
