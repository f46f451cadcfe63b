// reason: which changes behind a shared reference
use std::fs::File;
use std::io::Write;
use std::sync::Mutex;

struct Journal {
    file: File,
    heads: Vec<String>,
}

struct Shared {
    journal: Mutex<Journal>,
}

impl Shared {
    fn write(&self, line: &str) -> std::io::Result<()> {
        let journal = self.journal.lock().unwrap();
        for head in &journal.heads {
            (&journal.file).write_all(head.as_bytes())?;
        }
        (&journal.file).write_all(line.as_bytes())
    }

    fn flush(&self) -> std::io::Result<()> {
        self.journal.lock().unwrap().file.sync_all()
    }

    fn add(&self, head: &str) {
        self.journal.lock().unwrap().heads.push(head.to_string());
    }
}
