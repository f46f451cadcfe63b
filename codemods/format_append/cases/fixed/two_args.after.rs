// level: safe

use std::fmt::Write as _;

pub fn page(rows: &[(String, u32)]) -> String {
    let mut out = String::new();
    for (name, count) in rows {
        write!(out, "{}={count};", name).unwrap();
        write!(out, "{{{:>5}}}", count).unwrap();
    }
    out
}
