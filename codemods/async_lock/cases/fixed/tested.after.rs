// level: safe
// prefer: std

use std::sync::{Mutex, PoisonError};

struct Log {
    lines: Mutex<Vec<String>>,
}

impl Log {
    async fn write(&self, line: &str) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn writes() {
        let log = Log { lines: Mutex::new(Vec::new()) };
        log.write("a").await;
        assert_eq!(log.lines.lock().unwrap_or_else(PoisonError::into_inner).len(), 1);
    }
}
