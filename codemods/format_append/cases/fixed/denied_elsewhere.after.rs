// level: safe
use std::fmt::Write as _;

pub fn listed(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        write!(out, "{name}.{}", names.len()).unwrap();
    }
    out
}

#[deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::let_underscore_must_use
)]
pub fn strict(out: &mut String) {
    out.push('x');
}

#[cfg(test)]
mod tests {
    #![deny(clippy::unwrap_used)]
}
