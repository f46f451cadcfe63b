//! A macro of another crate may call a method that the trait has as well.

pub fn lines(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{name}:{}", names.len()));
    }
    out
}

pub async fn later(names: &[&str]) -> String {
    let text = async { lines(names) };
    futures::pin_mut!(text);
    text.await
}
