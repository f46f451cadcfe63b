//! `to_string` of a `&&str` is not known to be faster.

pub fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("{}", name)).collect()
}
