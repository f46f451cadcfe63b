use std::path::PathBuf;
use std::sync::Mutex;

pub struct Journal {
    path: Mutex<PathBuf>,
}

impl Journal {
    /// Before edition 2024 the guard of a block's tail lives on in the statement around the block.
    pub async fn append(&self, line: &str) -> usize {
        write(
            {
                let path = self.path.lock().unwrap().clone();
                path
            },
            line,
        )
        .await
    }
}

async fn write(path: PathBuf, line: &str) -> usize {
    tokio::task::yield_now().await;
    path.as_os_str().len() + line.len()
}
