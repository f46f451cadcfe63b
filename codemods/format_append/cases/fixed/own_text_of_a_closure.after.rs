// level: safe

use std::fmt::Display;
use std::fmt::Write as _;

/// The text is the closure's own: a panic in it takes it along.
pub fn all<T: Display>(rows: &[Vec<T>]) -> Vec<String> {
    rows.iter()
        .map(|row| {
            let mut out = String::new();
            for id in row {
                write!(out, "<{id}>").unwrap();
            }
            out
        })
        .collect()
}
