// level: review
use std::path::{Path, PathBuf};

pub struct Store {
    root: PathBuf,
}

fn load(root: &Path, name: &str) -> std::io::Result<String> {
    std::fs::read_to_string(root.join(name))
}

impl Store {
    pub async fn text(&self, name: &str) -> std::io::Result<usize> {
        let text = load(&self.root, name)?;
        Ok(text.len())
    }
}
