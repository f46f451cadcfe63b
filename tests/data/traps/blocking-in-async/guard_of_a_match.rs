// left: free
// naive: held
// swap: std::fs::read(path) => tokio::fs::read(path).await
// end: kept
// words: is held there, and would be while others wait
use std::collections::HashMap;
use std::sync::Mutex;

pub type Paths = Mutex<HashMap<u32, String>>;

pub async fn size(paths: &Paths, id: u32) -> usize {
    match paths.lock().unwrap().get(&id) {
        Some(path) => std::fs::read(path).map_or(0, |found| found.len()),
        None => 0,
    }
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let paths = Mutex::new(HashMap::from([(1, file!().to_string())]));
    let free = runtime.block_on(async {
        let (open, gate) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || gate.recv()); // keeps the pool's only thread
        let look = async {
            let free = paths.try_lock().is_ok();
            open.send(()).unwrap();
            free
        };
        tokio::join!(biased; size(&paths, 1), look).1
    });
    (if free { "free" } else { "held" }).to_string()
}
