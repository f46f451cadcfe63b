// left: 7 7
// naive: 0 7
// swap: let mut lines => let mut lines = tokio::task::spawn_blocking(move || { let mut lines
// swap: std::fs::write(&path, "").unwrap(); => std::fs::write(&path, "").unwrap(); lines }).await.unwrap();
// end: same, review
// words: goes on blocking (`REQUEST` is another one on each thread
use std::path::PathBuf;

tokio::task_local! {
    static REQUEST: u32;
}

fn request() -> u32 {
    REQUEST.try_with(|id| *id).unwrap_or_default()
}

pub async fn note(path: PathBuf) -> String {
    let mut lines = vec![request().to_string()];
    lines.push(std::fs::read_to_string(&path).unwrap_or_default());
    std::fs::write(&path, "").unwrap();
    lines[1] += &request().to_string();
    lines.join(" ")
}

pub fn run() -> String {
    let path = std::env::temp_dir().join(format!("further-up-{}", std::process::id()));
    std::fs::write(&path, []).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let told = runtime.block_on(REQUEST.scope(7, note(path.clone())));
    std::fs::remove_file(&path).unwrap();
    told
}
