// level: safe

pub async fn keys(names: &[String], sizes: &[u64], one: &str) -> Vec<String> {
    let mut all: Vec<String> = names.iter().map(|name| name.to_string()).collect();
    for size in sizes {
        all.push(size.to_string());
        all.push((size - 1).to_string());
    }
    let kinds = ['x'.to_string(), one.is_empty().to_string(), (-1).to_string()];
    all.extend(kinds);
    all.push(one.to_string());
    all
}
