// level: safe

use std::fmt;
use std::fmt::Write as _;

pub struct Id(u64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

pub fn all<T: fmt::Debug>(ids: &[Id], others: &[T]) -> String {
    let mut out = String::new();
    for (id, other) in ids.iter().zip(others) {
        write!(out, "{id} {other:?},").unwrap();
    }
    out
}
