// level: safe
//! The package's own functions that take anything that can be seen as text or as a path.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc::Receiver;

struct Journal {
    folder: PathBuf,
    lines: Vec<String>,
}

impl Journal {
    fn note(&mut self, what: impl Display, topic: &str) {
        self.lines.push(format!("{topic}: {what}"));
    }

    async fn follow(&mut self, mut topics: Receiver<String>) -> io::Result<u64> {
        let mut bytes = 0;
        while let Some(topic) = topics.recv().await {
            bytes += size(self.folder.clone(), topic.clone()).await?;
            self.note(topic.clone(), "seen");
            bytes += width(topic.clone()) as u64;
            keep(&mut self.lines, topic);
        }
        Ok(bytes)
    }
}

async fn size<P: AsRef<Path>, N>(folder: P, name: N) -> io::Result<u64>
where
    N: AsRef<str> + Send,
{
    let path = folder.as_ref().join(name.as_ref());
    Ok(tokio::fs::metadata(path).await?.len())
}

fn width<T: AsRef<str>>(text: T) -> usize {
    text.as_ref().len()
}

fn keep<T: Into<String>>(lines: &mut Vec<String>, line: T) {
    lines.push(line.into());
}
