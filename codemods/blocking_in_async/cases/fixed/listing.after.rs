// level: review
use std::path::PathBuf;

pub struct Store {
    root: PathBuf,
}

impl Store {
    pub async fn names(&self) -> std::io::Result<Vec<String>> {
        let mut names = {
            let root = self.root.clone();
            match tokio::task::spawn_blocking(move || -> std::io::Result<_> {
                let mut names = Vec::new();
                for entry in std::fs::read_dir(&root)? {
                    let entry = entry?;
                    if entry.path().is_file() {
                        names.push(entry.file_name().to_string_lossy().into_owned());
                    }
                }
                Ok(names)
            })
            .await
            {
                Ok(done) => done?,
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        };
        names.sort();
        Ok(names)
    }
}
