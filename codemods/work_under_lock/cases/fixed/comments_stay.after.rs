// level: review
use std::collections::HashMap;
use std::sync::Mutex;

pub async fn record(log: &Mutex<Vec<String>>, id: u64) -> usize {
    let start = id % 7; // where it begins

    let line = format!("{start}: {id}"); // the number last
    let twice = line.repeat(2);
    // All lines, in the order of their coming.
    let mut log = log.lock().unwrap();
    // it is new
    log.push(line);
    log.push(twice);
    log.len()
}

pub async fn count(words: &Mutex<HashMap<String, u64>>, word: &str) {
    let key = word.to_lowercase();
    let spare = key.clone();
    let mut words = words.lock().unwrap(); // short
    *words.entry(key).or_default() += 1;
    words.remove(&spare[1..]);
}

pub async fn note(log: &Mutex<Vec<String>>, id: u64) {
    let line = format!("line {id}"); // no more

    // In their order.
    let mut log = log.lock().unwrap();
    log.push(line);
}
