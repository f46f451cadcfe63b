//! The text, or what the error says of the bytes, is needed.

use std::string::FromUtf8Error;

pub fn kept(frames: &[Vec<u8>]) -> Vec<String> {
    let mut all = Vec::new();
    for frame in frames {
        if let Ok(text) = String::from_utf8(frame.to_vec()) {
            all.push(text);
        }
    }
    all
}

pub fn given_back(frames: &[Vec<u8>]) -> usize {
    let mut sum = 0;
    for frame in frames {
        match String::from_utf8(frame.to_vec()) {
            Ok(text) => sum += text.len(),
            Err(error) => sum += error.into_bytes().len(),
        }
    }
    sum
}

pub fn shown_with_its_bytes(frames: &[Vec<u8>]) -> usize {
    let mut sum = 0;
    for frame in frames {
        match String::from_utf8(frame.to_vec()) {
            Ok(text) => sum += text.len(),
            Err(error) => println!("{error:?}"),
        }
    }
    sum
}

pub fn handed_up(frames: &[Vec<u8>]) -> Result<usize, FromUtf8Error> {
    let mut sum = 0;
    for frame in frames {
        sum += String::from_utf8(frame.to_vec())?.len();
    }
    Ok(sum)
}

pub fn handed_up_as_any(frames: &[Vec<u8>]) -> Result<usize, Box<dyn std::error::Error>> {
    let mut sum = 0;
    for frame in frames {
        sum += String::from_utf8(frame.to_vec())?.len();
    }
    Ok(sum)
}

pub fn with_room(frames: &[Vec<u8>]) -> usize {
    let mut sum = 0;
    for frame in frames {
        if let Ok(text) = String::from_utf8(frame.to_vec()) {
            sum += text.capacity();
        }
    }
    sum
}
