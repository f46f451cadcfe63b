//! `*` of a copy is another `*` of a reference, and a part of a copy that is changed a part of its own.

use std::fmt::Write;
use std::mem::size_of_val;
use std::sync::Arc;

#[derive(Clone)]
pub struct Frame {
    name: String,
    body: Vec<u8>,
}

pub async fn of_a_reference(text: &String, list: &Vec<u32>, shared: &Arc<String>) -> usize {
    size_of_val(&*text.clone()) + size_of_val(&*list.clone()) + size_of_val(&*shared.clone())
}

pub async fn of_a_value(text: String, part: &str) -> (usize, usize) {
    let sum = size_of_val(&*text.clone()) + size_of_val(&*part.to_string());
    (sum, text.len())
}

pub async fn of_what_is_inside(text: &Option<String>) -> usize {
    size_of_val(&*text.clone().unwrap())
}

pub async fn parts(frame: &mut Frame) -> usize {
    let taken = std::mem::take(&mut frame.clone().name);
    for byte in &mut frame.clone().body {
        *byte += 1;
    }
    taken.len() + frame.name.len() + frame.body.len()
}

pub async fn read(list: &Vec<Vec<u8>>) -> usize {
    list.clone()[0].len() + list.clone()[0][1..].len()
}

pub async fn written(frame: &mut Frame) -> std::fmt::Result {
    write!(frame.clone().name, "x")
}
