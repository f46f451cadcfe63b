// left: gave up
// naive: waited
// swap: use tokio::sync::Mutex; => use std::sync::Mutex;
// swap: .lock().await => .lock().unwrap()
// swap: .blocking_lock() => .lock().unwrap()
// end: kept
// words: the lock's future is waited for beside something else
use std::sync::mpsc::channel;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

pub struct Names {
    all: Mutex<Vec<String>>,
}

impl Names {
    pub async fn count(&self) -> Option<usize> {
        let limit = Duration::from_millis(20);
        tokio::time::timeout(limit, async { self.all.lock().await.len() }).await.ok()
    }

    pub fn held(&self, begun: impl FnOnce(), for_: Duration) {
        let names = self.all.blocking_lock();
        begun();
        std::thread::sleep(for_);
        drop(names);
    }
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let names = Arc::new(Names { all: Mutex::new(Vec::new()) });
    let (begun, waits) = channel();
    let holder = names.clone();
    let thread = std::thread::spawn(move || {
        holder.held(move || begun.send(()).unwrap(), Duration::from_millis(300))
    });
    waits.recv().unwrap();
    let counted = runtime.block_on(async move { names.count().await });
    thread.join().unwrap();
    (if counted.is_some() { "waited" } else { "gave up" }).to_string()
}
