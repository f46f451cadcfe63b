// level: safe
use std::sync::{Arc, Mutex};

pub fn watch(seen: Arc<Mutex<Vec<String>>>) -> impl Fn(u32) {
    move |n| seen.lock().unwrap().push(format!("{n}"))
}

pub async fn sort(n: u32, low: &Mutex<Vec<String>>, high: &Mutex<Vec<String>>) {
    match n {
        0 => low.lock().unwrap().push(String::from("none")),
        _ => high.lock().unwrap().push(n.to_string()),
    }
}
