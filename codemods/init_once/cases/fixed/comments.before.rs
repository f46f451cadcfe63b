// level: safe
use std::sync::{Mutex, RwLock};

pub struct Page {
    // Made when it is asked for.
    text: Mutex<Option<String>>, // behind a lock
    lines: RwLock<Option<Vec<String>>>,
}

impl Page {
    pub fn new() -> Page {
        Page {
            text: Mutex::new(None), // not yet
            lines: RwLock::new(None),
        }
    }

    pub fn text(&self, words: &[&str]) -> usize {
        // only once
        let mut text = self.text.lock().expect("poisoned");
        // the first one makes it
        if text.is_none() {
            // of all words
            *text = Some(words.join(" "));
        }
        // and each looks at it
        text.as_ref().expect("made").len()
    }

    pub fn lines(&self, text: &str) -> usize {
        let mut lines = self.lines.write().unwrap();
        if let Some(lines) = &*lines {
            return lines.len();
        }
        // one a line
        let mut found = Vec::new();
        for line in text.lines() {
            found.push(
                line.trim()
                    .to_string(),
            );
        }
        *lines = Some(found);
        lines.as_ref().unwrap().len()
    }
}
