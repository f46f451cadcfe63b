// level: safe
// prefer: std
use std::sync::Arc;

use tokio::sync::Mutex;

struct Cache {
    lines: Mutex<Vec<String>>,
}

impl Cache {
    async fn add(&self, line: &str) {
        self.lines.lock().await.push(line.to_owned());
    }

    fn peek(&self) -> Option<String> {
        if let Ok(lines) = self.lines.try_lock() {
            return lines.last().cloned();
        }
        None
    }

    fn len(&self) -> usize {
        match self.lines.try_lock() {
            Ok(lines) => lines.len(),
            Err(_) => 0,
        }
    }

    fn is_busy(&self) -> bool {
        self.lines.try_lock().is_err()
    }

    fn first(self: Arc<Self>) -> Option<String> {
        let lines = self.lines.try_lock().ok()?;
        lines.first().cloned()
    }

    fn reset(&self) -> bool {
        let Ok(mut lines) = self.lines.try_lock() else {
            return false;
        };
        lines.clear();
        true
    }
}
