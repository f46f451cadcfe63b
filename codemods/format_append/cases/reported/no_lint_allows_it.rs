// reason: `unwrap_used` and `expect_used` are on, and so is a lint against `let _ =`
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::let_underscore_must_use)]

pub fn joined(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{name}{}", names.len()));
    }
    out
}
