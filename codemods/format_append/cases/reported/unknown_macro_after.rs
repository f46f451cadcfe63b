// reason: may change what `futures::pin_mut!(text)`
pub async fn lines(names: &[&str]) -> String {
    let text = async { names.len() };
    futures::pin_mut!(text);
    let count = text.await;
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{name}:{}", count));
    }
    out
}
