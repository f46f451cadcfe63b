// level: safe
#![warn(clippy::str_to_string)]

pub fn texts(names: &[&str], counts: &[u32]) -> Vec<String> {
    let mut all = Vec::new();
    for (name, count) in names.iter().zip(counts) {
        all.push(format!("{}", name));
        all.push(format!("{name}"));
        all.push(format!("{}", count));
    }
    all
}
