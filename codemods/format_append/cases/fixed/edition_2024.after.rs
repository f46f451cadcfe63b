// edition: 2024
// level: safe

use std::fmt::Write as _;
use std::sync::Mutex;

pub struct Log {
    text: Mutex<String>,
    name: Mutex<String>,
}

impl Log {
    pub fn add(&self, lines: &[(&str, i32)]) {
        for (key, value) in lines {
            if let Ok(mut text) = self.text.lock() {
                write!(text, "{key}={value:>4}").unwrap();
            }
            self.text.lock().unwrap().push_str(&self.name.lock().unwrap())
        }
    }
}
