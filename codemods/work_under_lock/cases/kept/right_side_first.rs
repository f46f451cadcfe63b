use std::sync::Mutex;

pub async fn set(name: &Mutex<String>, total: &Mutex<usize>, id: u64) {
    *name.lock().unwrap() = format!("{id}");
    *total.lock().unwrap() += format!("{id}").len();
}
