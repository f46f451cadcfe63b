// level: safe

pub async fn keys(names: &[String], sizes: &[u64], one: &str) -> Vec<String> {
    let mut all: Vec<String> = names.iter().map(|name| format!("{}", name)).collect();
    for size in sizes {
        all.push(format!("{size}"));
        all.push(format!("{}", size - 1));
    }
    let kinds = [format!("{}", 'x'), format!("{}", one.is_empty()), format!("{}", -1)];
    all.extend(kinds);
    all.push(std::format!("{}", one));
    all
}
