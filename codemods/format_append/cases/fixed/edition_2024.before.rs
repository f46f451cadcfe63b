// edition: 2024
// level: safe

use std::sync::Mutex;

pub struct Log {
    text: Mutex<String>,
    name: Mutex<String>,
}

impl Log {
    pub fn add(&self, lines: &[(&str, i32)]) {
        for (key, value) in lines {
            if let Ok(mut text) = self.text.lock() {
                text.push_str(&format!("{key}={value:>4}"));
            }
            self.text.lock().unwrap().push_str(&format!("{}", self.name.lock().unwrap()))
        }
    }
}
