// reason: it stands in a macro call
use std::collections::HashSet;
use std::sync::Mutex;

pub async fn show(seen: &Mutex<HashSet<String>>, name: &str) {
    println!("{}", seen.lock().unwrap().contains(&name.to_string()));
}
