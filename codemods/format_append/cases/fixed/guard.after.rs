use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::Mutex;

pub struct Log {
    text: Mutex<String>,
    kept: RefCell<String>,
}

impl Log {
    pub fn add(&self, lines: &[(&str, i32)]) {
        let mut text = self.text.lock().unwrap();
        for (name, value) in lines {
            write!(text, "{name}={value}").unwrap();
            write!(text, "{name}-{value}").unwrap();
            write!(self.kept.borrow_mut(), "{name}:{value}").unwrap();
        }
    }
}
