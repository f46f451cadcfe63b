use std::fmt::Write as _;

pub async fn report(out: &mut String, name: &str, size: usize) {
    write!(
        out,
        "a long line of text so that it does not fit on one, {}, {}, and so on and so forth",
        name,
        // in bytes
        size,
    )
    .unwrap();
    for _ in 0..size {
        write!(out, "{name} {size}").unwrap();
    }
}
