// level: safe
#![warn(clippy::unwrap_used)]

use std::fmt::Write as _;

pub async fn listed(names: &[&str], out: &mut String) {
    for name in names {
        write!(out, "{name}.{}", names.len())
            .expect("a formatting trait implementation returned an error");
    }
}
