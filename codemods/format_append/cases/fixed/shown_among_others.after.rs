// level: safe

use std::fmt::Write as _;

pub fn shown(names: &[String], counts: &[u32], out: &mut String) {
    for (name, count) in names.iter().zip(counts) {
        println!("{} {}", count, name);
        println!("{0} {1} {0}", count, name.len());
        write!(out, "{n}{}", name.len(), n = count).unwrap();
    }
}
