// reason: `std::fs::write(..)` waits for the disk
use tokio::sync::Mutex;

struct Journal {
    lines: Mutex<Vec<String>>,
}

impl Journal {
    async fn add(&self, line: &str) -> std::io::Result<()> {
        let mut lines = self.lines.lock().await;
        lines.push(line.to_string());
        self.save(&lines)
    }

    fn save(&self, lines: &[String]) -> std::io::Result<()> {
        std::fs::write("journal.txt", lines.join("\n"))
    }
}
