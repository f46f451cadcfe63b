// left: 7: 7
// naive: 0: 0
// swap: let mut lines = => tokio::task::spawn_blocking(move || { let mut lines =
// swap: lines.join(": ") => lines.join(": ") }).await.unwrap()
// end: kept
// words: `REQUEST` is another one on each thread
use std::path::PathBuf;

tokio::task_local! {
    static REQUEST: u32;
}

fn request() -> u32 {
    REQUEST.try_with(|id| *id).unwrap_or_default()
}

pub async fn note(folder: PathBuf) -> String {
    let mut lines = Vec::new();
    for name in ["first", "second"] {
        let path = folder.join(name);
        std::fs::write(&path, request().to_string()).unwrap();
        lines.push(std::fs::read_to_string(&path).unwrap());
    }
    lines.join(": ")
}

pub fn run() -> String {
    let folder = std::env::temp_dir().join(format!("task-local-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let told = runtime.block_on(REQUEST.scope(7, note(folder.clone())));
    std::fs::remove_dir_all(&folder).unwrap();
    told
}
