//! A `Cow` that owns a copy, although what is copied lives as long.

use std::borrow::Cow;

pub fn widths(names: &[String], trimmed: bool) -> usize {
    let mut sum = 0;
    for name in names {
        let shown: Cow<str> = Cow::Borrowed(name.as_str());
        sum += shown.trim().len() + shown.len();
        let short = if trimmed { Cow::Borrowed(name.trim()) } else { Cow::Borrowed(name.as_str()) };
        sum += short.len();
    }
    sum
}

pub fn bytes(frames: &[Vec<u8>]) -> usize {
    let mut sum = 0;
    for frame in frames {
        let seen: Cow<[u8]> = Cow::Borrowed(frame.as_slice());
        sum += seen.len() + usize::from(seen.starts_with(b"x"));
    }
    sum
}
