// level: safe

use std::fmt;

pub struct Id(u64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

pub fn all<T: fmt::Debug>(ids: &[Id], others: &[T]) -> String {
    let mut out = String::new();
    for (id, other) in ids.iter().zip(others) {
        out.push_str(&format!("{id} {other:?},"));
    }
    out
}
