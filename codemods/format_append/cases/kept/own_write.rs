//! What `write!` would mean here is not std's.

pub fn listed(names: &[&str]) -> String {
    use crate::kept_own_write::put as write;
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{name}{}", names.len()));
    }
    write!(out);
    out
}

macro_rules! put {
    ($out:expr) => {
        $out.push('.')
    };
}
pub(crate) use put;
