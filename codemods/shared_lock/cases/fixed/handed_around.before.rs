// level: review
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread;

fn report(shared: Arc<Mutex<HashMap<u32, f64>>>) -> String {
    let shared = shared.lock().unwrap();
    let mut text = String::new();
    for (key, value) in shared.iter() {
        text.push_str(&format!("{key}={value};"));
    }
    text
}

fn highest(shared: &Mutex<HashMap<u32, f64>>) -> f64 {
    shared.lock().unwrap().values().copied().fold(0.0, f64::max)
}

fn run() -> (String, f64) {
    let shared = Arc::new(Mutex::new(HashMap::new()));
    let writer = Arc::clone(&shared);
    let handle = thread::spawn(move || {
        for key in 0..3 {
            writer.lock().unwrap().insert(key, f64::from(key));
        }
    });
    handle.join().unwrap();
    let highest = highest(&shared);
    (report(shared), highest)
}
