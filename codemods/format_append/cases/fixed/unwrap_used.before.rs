// level: safe
#![warn(clippy::unwrap_used)]

pub async fn listed(names: &[&str], out: &mut String) {
    for name in names {
        out.push_str(&format!("{name}.{}", names.len()));
    }
}
