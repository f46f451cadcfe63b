use std::collections::HashMap;
use std::sync::Mutex;

pub async fn name(names: &Mutex<HashMap<u64, String>>, id: u64) -> String {
    names.lock().unwrap().entry(id).or_insert_with(|| format!("{id}")).clone()
}
