// level: safe
#![deny(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;

pub async fn listed(names: &[&str], out: &mut String) {
    for name in names {
        let _ = writeln!(out, "{name}.{}", names.len());
    }
}
