use std::fmt::{self, Write};

pub fn list(all: &[(u8, u8)], out: &mut String) -> fmt::Result {
    for (a, b) in all {
        write!(out, "{a}{b}").unwrap();
    }
    out.write_char('.')
}
