// level: safe
use std::sync::{Arc, Mutex};

pub fn watch(seen: Arc<Mutex<Vec<String>>>) -> impl Fn(u32) {
    move |n| {
        let line = format!("{n}");
        seen.lock().unwrap().push(line)
    }
}

pub async fn sort(n: u32, low: &Mutex<Vec<String>>, high: &Mutex<Vec<String>>) {
    match n {
        0 => {
            let item = String::from("none");
            low.lock().unwrap().push(item)
        }
        _ => {
            let n = n.to_string();
            high.lock().unwrap().push(n)
        }
    }
}
