// reason: `out.trim_end()` borrows from what it is appended to

pub async fn doubled(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{}{name}", out.trim_end()));
    }
    out
}
