// reason: its template is empty: nothing is appended here

pub fn joined(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&format!(""));
        out += name;
    }
    out
}
