//! Callees that need what they take, or whose signature somebody else decides.

use std::collections::VecDeque;

use axum::extract::State;
use bytes::Bytes;

pub trait Sink {
    fn write(&mut self, frame: Bytes) -> usize;
}

#[derive(Default)]
pub struct Memory {
    frames: VecDeque<Bytes>,
}

impl Sink for Memory {
    fn write(&mut self, frame: Bytes) -> usize {
        frame.len()
    }
}

impl Memory {
    fn keep(&mut self, frame: Bytes) {
        self.frames.push_back(frame);
    }
}

pub async fn tee(first: &mut Memory, second: &mut Memory, frame: Bytes) -> usize {
    let written = first.write(frame.clone()) + Sink::write(second, frame.clone());
    first.keep(frame.clone());
    written + frame.len()
}

pub async fn handler(State(title): State<String>) -> String {
    let sized = measure(title.clone());
    let lengths: Vec<usize> = vec![String::new()].into_iter().map(measure).collect();
    format!("{title} {sized} {}", lengths.len())
}

fn measure(text: String) -> usize {
    text.len()
}

pub async fn background(name: String) -> String {
    let task = tokio::spawn(announce(name.clone()));
    let _ = task.await;
    name
}

async fn announce(name: String) {
    tracing::info!("{name}");
}
