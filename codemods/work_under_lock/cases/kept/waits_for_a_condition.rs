use std::sync::{Condvar, Mutex};

pub async fn wait(ready: &Mutex<bool>, told: &Condvar, name: &str) -> String {
    let mut ready = ready.lock().unwrap();
    let text = name.to_string();
    while !*ready {
        ready = told.wait(ready).unwrap();
    }
    text
}
