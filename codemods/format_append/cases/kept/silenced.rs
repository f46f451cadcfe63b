//! Somebody looked at it.

pub async fn listed(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        // spikeproof: allow(format-append)
        out.push_str(&format!("{name}{}", names.len()));
    }
    out
}
