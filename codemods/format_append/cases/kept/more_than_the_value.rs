//! These do more than `to_string` does.

pub async fn padded(sizes: &[u64], ratio: f64, name: &str) -> Vec<String> {
    let mut all = Vec::new();
    for size in sizes {
        all.push(format!("{size:>8}"));
        all.push(format!("{:?}", name));
        all.push(format!("{} ", name));
        all.push(format!("{name}{name}"));
        all.push(format!("{:x}", size));
        all.push(format!("{}", ratio));
    }
    all
}
