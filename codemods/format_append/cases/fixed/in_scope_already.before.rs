use std::fmt::{self, Write};

pub fn list(all: &[(u8, u8)], out: &mut String) -> fmt::Result {
    for (a, b) in all {
        out.push_str(&format!("{a}{b}"));
    }
    out.write_char('.')
}
