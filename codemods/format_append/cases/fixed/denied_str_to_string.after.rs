// level: safe
#![warn(clippy::str_to_string)]

pub fn texts(names: &[&str], counts: &[u32]) -> Vec<String> {
    let mut all = Vec::new();
    for (name, count) in names.iter().zip(counts) {
        all.push((*name).to_owned());
        all.push((*name).to_owned());
        all.push(count.to_string());
    }
    all
}
