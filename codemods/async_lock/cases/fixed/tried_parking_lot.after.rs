// level: safe

use parking_lot::RwLock;

struct Cache {
    lines: RwLock<Vec<String>>,
}

impl Cache {
    async fn add(&self, line: &str) {
        self.lines.write().push(line.to_owned());
    }

    fn peek(&self) -> Option<String> {
        if let Some(lines) = self.lines.try_read() {
            return lines.last().cloned();
        }
        None
    }

    fn len(&self) -> usize {
        match self.lines.try_read() {
            Some(lines) => lines.len(),
            None => 0,
        }
    }

    fn is_busy(&self) -> bool {
        self.lines.try_write().is_none()
    }

    fn first(&self) -> Option<String> {
        let lines = self.lines.try_read()?;
        lines.first().cloned()
    }

    fn reset(&self) -> bool {
        let Some(mut lines) = self.lines.try_write() else {
            return false;
        };
        lines.clear();
        true
    }
}

// The package uses parking_lot already.
static SEEN: parking_lot::Mutex<u32> = parking_lot::Mutex::new(0);
