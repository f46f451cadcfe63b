// level: review
use std::fs::File;
use std::io::Write;
use std::sync::Mutex;

pub struct Log {
    file: Mutex<Option<File>>,
}

impl Log {
    pub fn new() -> Log {
        Log { file: Mutex::new(None) }
    }

    pub fn open(&self, file: File) {
        let mut slot = self.file.lock().unwrap();
        if slot.is_none() {
            *slot = Some(file);
        }
    }

    pub fn say(&self, text: &str) {
        let slot = self.file.lock().unwrap();
        if let Some(file) = slot.as_ref() {
            let mut file = file;
            file.write_all(text.as_bytes()).ok();
            file.write_all(b"\n").ok();
        }
        drop(slot);
    }
}
