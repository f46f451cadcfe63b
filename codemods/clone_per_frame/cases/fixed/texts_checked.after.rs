// level: safe
//! Bytes that are copied to be checked as a text, which is only looked at.

pub fn lengths(frames: &[Vec<u8>]) -> usize {
    let mut sum = 0;
    for frame in frames {
        if let Ok(text) = std::str::from_utf8(frame) {
            sum += text.trim().len() + usize::from(text == "on");
        }
    }
    sum
}

pub fn how_many_are_texts(frames: &[Vec<u8>]) -> usize {
    let mut count = 0;
    for frame in frames {
        count += usize::from(std::str::from_utf8(&frame[1..]).is_ok());
        count += std::str::from_utf8(frame).map_or(0, |text| text.lines().count());
    }
    count
}

pub fn numbers(frames: &[&[u8]]) -> u32 {
    let mut sum = 0;
    for frame in frames {
        sum += std::str::from_utf8(frame).unwrap_or_default().trim().parse().unwrap_or(0);
        match std::str::from_utf8(frame) {
            Ok(text) => sum += text.parse().unwrap_or(1),
            Err(error) => println!("no text: {error}, {}", error),
        }
    }
    sum
}

pub fn first_word(frames: &[Vec<u8>]) -> Result<usize, String> {
    let mut sum = 0;
    for frame in frames {
        let text = std::str::from_utf8(frame).map_err(|e| format!("no text: {e}"))?;
        sum += text.split(' ').next().map_or(0, str::len) + text.len();
    }
    Ok(sum)
}

pub fn longest(frames: &[Vec<u8>]) -> Option<usize> {
    let mut most = 0;
    for frame in frames {
        let text = std::str::from_utf8(frame).ok()?;
        most = most.max(text.chars().count());
    }
    Some(most)
}
