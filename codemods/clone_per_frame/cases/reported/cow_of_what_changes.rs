// reason: cannot borrow `bytes` as mutable
//! A `Cow` that outlives what it borrows from.

pub async fn outlives(mut bytes: Vec<u8>) -> usize {
    let text = String::from_utf8_lossy(&bytes).into_owned();
    bytes.clear();
    text.len() + bytes.len()
}
