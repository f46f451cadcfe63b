//! A `Cow` that owns a copy, although what is copied lives as long.

use std::borrow::Cow;

pub fn widths(names: &[String], trimmed: bool) -> usize {
    let mut sum = 0;
    for name in names {
        let shown: Cow<str> = Cow::Owned(name.to_string());
        sum += shown.trim().len() + shown.len();
        let short = if trimmed { Cow::Borrowed(name.trim()) } else { Cow::Owned(name.clone()) };
        sum += short.len();
    }
    sum
}

pub fn bytes(frames: &[Vec<u8>]) -> usize {
    let mut sum = 0;
    for frame in frames {
        let seen: Cow<[u8]> = Cow::Owned(frame.to_vec());
        sum += seen.len() + usize::from(seen.starts_with(b"x"));
    }
    sum
}
