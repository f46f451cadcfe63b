// reason: `REQUEST` is another one on each thread (in `id`)
use std::path::PathBuf;

tokio::task_local! {
    static REQUEST: u32;
}

fn id() -> u32 {
    REQUEST.try_with(|id| *id).unwrap_or_default()
}

fn named(path: &PathBuf) -> String {
    format!("{} {}", id(), path.display())
}

pub async fn mark(paths: Vec<PathBuf>) {
    for path in paths {
        let _ = std::fs::write(&path, named(&path));
    }
}
