// reason: `write!` is another than std's here: a `use` brings in `crate::reported_own_write::put`

pub fn listed(names: &[&str]) -> String {
    use crate::reported_own_write::put as write;
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
