pub async fn report(out: &mut String, name: &str, size: usize) {
    out.push_str(&format!(
        "a long line of text so that it does not fit on one, {}, {}, and so on and so forth",
        name,
        // in bytes
        size,
    ));
    for _ in 0..size {
        out.push_str(&format!("{name} {size}"));
    }
}
