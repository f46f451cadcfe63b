// left: 2
// naive: panicked
// swap: let mut count = 0; => let count = tokio::task::spawn_blocking(move || { let mut count = 0;
// swap: count + 0 => count }).await.unwrap(); count
// end: kept
// words: `tokio::task::spawn_local` means its own task or thread
pub async fn sizes(paths: Vec<String>) -> u32 {
    let mut count = 0;
    for path in paths {
        let size = std::fs::metadata(&path).map_or(0, |found| found.len());
        tokio::task::spawn_local(async move { assert!(size > 0) });
        count += 1;
    }
    count + 0
}

pub fn run() -> String {
    let counted = std::panic::catch_unwind(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let paths = vec![file!().to_string(); 2];
        tokio::task::LocalSet::new().block_on(&runtime, sizes(paths))
    });
    counted.map_or("panicked".to_string(), |count| count.to_string())
}
