// reason: nothing needs where a `cfg` leaves this out
pub fn lines(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        #[cfg(not(windows))]
        out.push_str(&format!("{name}:{}", names.len()));
        #[cfg(windows)]
        out.push_str(name);
    }
    out
}
