// level: safe
//! A `Cow` that is made the owner of what it shows, only to be looked at.

use std::borrow::Cow;
use std::path::Path;

fn size_of(text: &str) -> usize {
    text.len()
}

fn sum_of(bytes: &[u8]) -> usize {
    bytes.iter().map(|&byte| usize::from(byte)).sum()
}

pub async fn made_here(text: &str, own: &String, bytes: &[u8]) -> usize {
    let mut total = size_of(text) + size_of(own);
    total += sum_of(bytes) + size_of(&own.clone());
    total + own.len()
}

pub async fn looked_at(bytes: &[u8], path: &Path, cow: Cow<'_, str>, list: Cow<'_, [u8]>) -> usize {
    let mut total = size_of(&String::from_utf8_lossy(bytes)) + path.to_string_lossy().len();
    let shown = String::from_utf8_lossy(bytes);
    total += shown.len() + size_of(&shown);
    total += size_of(&cow);
    total + sum_of(&list)
}
