// left: same
// naive: another
// swap: let text = => tokio::task::spawn_blocking(move || { let text =
// swap: (length, task) => (length, task) }).await.unwrap()
// end: same, review
// words: between them the task may be dropped
pub async fn size(path: String) -> (u64, tokio::task::Id) {
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let task = tokio::task::id();
    let length = text.len() as u64 + std::fs::metadata(&path).map_or(0, |found| found.len());
    (length, task)
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let task = tokio::spawn(size(file!().to_string()));
        let id = task.id();
        let same = task.await.unwrap().1 == id;
        (if same { "same" } else { "another" }).to_string()
    })
}
