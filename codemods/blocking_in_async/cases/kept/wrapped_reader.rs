use std::io::Read;

pub async fn decoded(mut body: impl Read) -> usize {
    let mut all = Vec::new();
    body.read_to_end(&mut all).unwrap_or(0)
}
