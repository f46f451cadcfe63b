// level: safe
use std::sync::OnceLock;

pub struct Page {
    // Made when it is asked for.
    text: OnceLock<String>, // behind a lock
    lines: OnceLock<Vec<String>>,
}

impl Page {
    pub fn new() -> Page {
        Page {
            text: OnceLock::new(), // not yet
            lines: OnceLock::new(),
        }
    }

    pub fn text(&self, words: &[&str]) -> usize {
        // only once
        // the first one makes it
        let text = self.text.get_or_init(|| {
            // of all words
            words.join(" ")
        });
        // and each looks at it
        text.len()
    }

    pub fn lines(&self, text: &str) -> usize {
        self.lines.get_or_init(|| {
            // one a line
            let mut found = Vec::new();
            for line in text.lines() {
                found.push(
                    line.trim()
                        .to_string(),
                );
            }
            found
        }).len()
    }
}
