// reason: this configuration does not compile this code

#[cfg(windows)]
pub async fn listed(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{name}{}", names.len()));
    }
    out
}
