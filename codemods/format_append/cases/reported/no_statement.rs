// reason: `unwrap_used` and `expect_used` are on, and it is no statement of its own
#![deny(clippy::unwrap_used, clippy::expect_used)]

pub async fn listed(names: &[&str], out: &mut String) {
    for (at, name) in names.iter().enumerate() {
        match at {
            0 => {}
            _ => out.push_str(&format!("{name}.{}", names.len())),
        }
    }
}
