// level: review
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::thread;

fn report(shared: Arc<RwLock<HashMap<u32, f64>>>) -> String {
    let shared = shared.read().unwrap();
    let mut text = String::new();
    for (key, value) in shared.iter() {
        text.push_str(&format!("{key}={value};"));
    }
    text
}

fn highest(shared: &RwLock<HashMap<u32, f64>>) -> f64 {
    shared.read().unwrap().values().copied().fold(0.0, f64::max)
}

fn run() -> (String, f64) {
    let shared = Arc::new(RwLock::new(HashMap::new()));
    let writer = Arc::clone(&shared);
    let handle = thread::spawn(move || {
        for key in 0..3 {
            writer.write().unwrap().insert(key, f64::from(key));
        }
    });
    handle.join().unwrap();
    let highest = highest(&shared);
    (report(shared), highest)
}
