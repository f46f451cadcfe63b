// level: safe

use std::fmt::Write as _;

pub mod own {
    pub mod std {}
}

pub fn lines(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        write!(out, "{}:{}", name, names.len()).unwrap();
    }
    out
}
