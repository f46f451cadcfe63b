//! What names the operator does not take, as `rules` in the folder says: one beginning a line.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::RwLock;

use tokio::fs;

#[derive(Debug, Default)]
struct Beginnings(Vec<String>);

pub struct Rules {
    path: PathBuf,
    refused: RwLock<Beginnings>,
}

impl Rules {
    pub fn new(folder: &Path) -> Self {
        Rules {
            path: folder.join("rules"),
            refused: RwLock::new(Beginnings::default()),
        }
    }

    pub fn refuses(&self, name: &str) -> bool {
        let refused = self.refused.read().unwrap();
        refused.0.iter().any(|head| name.starts_with(head.as_str()))
    }

    /// Reads the file again; without one nothing is refused. Returns how many beginnings are.
    pub async fn reload(&self) -> io::Result<usize> {
        let text = match fs::read_to_string(&self.path).await {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let heads: Vec<String> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect();
        let count = heads.len();
        *self.refused.write().unwrap() = Beginnings(heads);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_file_is_read_when_told() {
        let folder = std::env::temp_dir().join(format!("rules-{}", std::process::id()));
        fs::create_dir_all(&folder).await.unwrap();
        let rules = Rules::new(&folder);
        assert_eq!(rules.reload().await.unwrap(), 0);
        fs::write(folder.join("rules"), "tmp-\n\n secret\n")
            .await
            .unwrap();
        assert!(!rules.refuses("tmp-1"));
        assert_eq!(rules.reload().await.unwrap(), 2);
        assert!(rules.refuses("tmp-1") && rules.refuses("secrets"));
        assert!(!rules.refuses("a-tmp-"));
        fs::remove_dir_all(folder).await.unwrap();
    }
}
