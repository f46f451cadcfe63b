//! A macro of another crate may call a method that the trait has as well.

pub fn lines(names: &[&str]) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for name in names {
        write!(out, "{name}:{}", names.len()).unwrap();
    }
    out
}

pub async fn later(names: &[&str]) -> String {
    let text = async { lines(names) };
    futures::pin_mut!(text);
    text.await
}
