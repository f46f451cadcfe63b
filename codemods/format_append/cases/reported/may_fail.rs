// reason: `unwrap_used` and `expect_used` are on, and what is shown may fail
#![deny(clippy::unwrap_used, clippy::expect_used)]

pub async fn listed<T: std::fmt::Display>(names: &[T], out: &mut String) {
    for name in names {
        out.push_str(&format!("{name}.{}", names.len()));
    }
}
