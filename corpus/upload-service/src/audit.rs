//! The audit log: noted in memory by requests, written out by housekeeping.

use std::io;
use std::path::PathBuf;

use parking_lot::Mutex;
use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;

pub struct Audit {
    path: PathBuf,
    pending: Mutex<Vec<String>>,
}

impl Audit {
    pub fn new(path: PathBuf) -> Self {
        Audit {
            path,
            pending: Mutex::new(Vec::new()),
        }
    }

    pub fn note(&self, line: String) {
        self.pending.lock().push(line);
    }

    /// Appends what has been noted since the last call and returns how many lines that were.
    pub async fn flush(&self) -> io::Result<usize> {
        let mut pending = self.pending.lock();
        let lines = std::mem::take(&mut *pending);
        if lines.is_empty() {
            return Ok(0);
        }
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .await?;
        let mut text = lines.join("\n");
        text.push('\n');
        file.write_all(text.clone().as_bytes()).await?;
        file.flush().await?;
        Ok(lines.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::fs;

    #[tokio::test]
    async fn lines_are_written_once_and_in_order() {
        let path = std::env::temp_dir().join(format!("audit-{}", std::process::id()));
        let audit = Audit::new(path.clone());
        audit.note("one".into());
        audit.note("two".into());
        assert_eq!(audit.flush().await.unwrap(), 2);
        assert_eq!(audit.flush().await.unwrap(), 0);
        audit.note("three".into());
        assert_eq!(audit.flush().await.unwrap(), 1);
        let text = fs::read_to_string(&path).await.unwrap();
        assert_eq!(text, "one\ntwo\nthree\n");
        fs::remove_file(path).await.unwrap();
    }
}
