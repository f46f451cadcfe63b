// level: safe
// prefer: std

use tokio::sync::Mutex;

struct Log {
    lines: Mutex<Vec<String>>,
}

impl Log {
    async fn write(&self, line: &str) {
        self.lines.lock().await.push(line.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn writes() {
        let log = Log { lines: Mutex::new(Vec::new()) };
        log.write("a").await;
        assert_eq!(log.lines.lock().await.len(), 1);
    }
}
