// level: review
//! Where the check fails, the panic shows another error: without the bytes.

pub fn lengths(frames: &[Vec<u8>]) -> usize {
    let mut sum = 0;
    for frame in frames {
        let text = String::from_utf8(frame.to_vec()).unwrap();
        sum += text.trim().len() + text.len();
        sum += String::from_utf8(frame.clone()).expect("a text").lines().count();
    }
    sum
}
