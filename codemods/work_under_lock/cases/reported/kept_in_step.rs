// reason: two locks are held together
use std::sync::Mutex;

pub async fn both(names: &Mutex<Vec<String>>, sizes: &Mutex<Vec<usize>>, name: &str) {
    let mut all = names.lock().unwrap();
    let mut lens = sizes.lock().unwrap();
    all.push(String::new());
    let text = format!("{name}: {}", name.to_uppercase());
    lens.push(text.len());
}
