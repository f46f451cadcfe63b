// level: review
//! Where the check fails, the panic shows another error: without the bytes.

pub fn lengths(frames: &[Vec<u8>]) -> usize {
    let mut sum = 0;
    for frame in frames {
        let text = std::str::from_utf8(frame).unwrap();
        sum += text.trim().len() + text.len();
        sum += std::str::from_utf8(frame).expect("a text").lines().count();
    }
    sum
}
