// reason: each round of a `while`
use std::collections::HashSet;
use std::sync::Mutex;

pub async fn name(taken: &Mutex<HashSet<String>>) -> u64 {
    let mut n = 0;
    while !taken.lock().unwrap().insert(format!("name {n}")) {
        n += 1;
    }
    n
}
