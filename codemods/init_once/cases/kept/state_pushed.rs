use std::sync::Mutex;

static LINES: Mutex<Option<Vec<String>>> = Mutex::new(None);

pub fn note(line: &str) {
    LINES.lock().unwrap().get_or_insert_with(Vec::new).push(line.to_string());
}
