use std::cell::RefCell;
use std::sync::Mutex;

pub struct Log {
    text: Mutex<String>,
    kept: RefCell<String>,
}

impl Log {
    pub fn add(&self, lines: &[(&str, i32)]) {
        let mut text = self.text.lock().unwrap();
        for (name, value) in lines {
            text.push_str(&format!("{name}={value}"));
            *text += &format!("{name}-{value}");
            self.kept.borrow_mut().push_str(&format!("{name}:{value}"));
        }
    }
}
