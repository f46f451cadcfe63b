// reason: `names.lock().unwrap()` is held there, and would be while others wait
use std::sync::Mutex;

fn both(count: usize, text: String) -> usize {
    count + text.len()
}

pub async fn sum(names: &Mutex<Vec<String>>) -> std::io::Result<usize> {
    Ok(both(names.lock().unwrap().len(), std::fs::read_to_string("x")?))
}
