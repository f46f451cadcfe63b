// level: safe
#![deny(clippy::unwrap_used, clippy::expect_used)]

pub async fn listed(names: &[&str], out: &mut String) {
    for name in names {
        out.push_str(&format!("{name}.{}\n", names.len()));
    }
}
