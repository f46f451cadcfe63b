// left: 7 7
// naive: 0 0
// swap: let first => let (first, second) = tokio::task::spawn_blocking(move || { let first
// swap: (path).unwrap_or_default(); => (path).unwrap_or_default(); (first, second) }).await.unwrap();
// end: same, review
// words: goes on blocking (`REQUEST` is another one on each thread
use std::fmt;
use std::path::PathBuf;

tokio::task_local! {
    static REQUEST: u32;
}

pub struct Line;

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", REQUEST.try_with(|id| *id).unwrap_or_default())
    }
}

pub async fn note(path: PathBuf) -> String {
    let first = std::fs::write(&path, Line.to_string());
    let second = std::fs::read_to_string(path).unwrap_or_default();
    first.map(|()| format!("{second} {second}")).unwrap_or_default()
}

pub fn run() -> String {
    let path = std::env::temp_dir().join(format!("shown-by-{}", std::process::id()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let told = runtime.block_on(REQUEST.scope(7, note(path.clone())));
    std::fs::remove_file(&path).unwrap();
    told
}
