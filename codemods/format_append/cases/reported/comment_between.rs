// reason: a comment stands inside what would be replaced

pub async fn listed(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(/* the peer's name for it */ &format!("{name}{}", names.len()));
    }
    out
}
