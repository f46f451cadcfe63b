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
        let text = {
            let root = self.root.clone();
            let name = name.to_owned();
            match tokio::task::spawn_blocking(move || {
                let name = name.as_str();
                load(&root, name)
            })
            .await
            {
                Ok(done) => done?,
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        };
        Ok(text.len())
    }
}
