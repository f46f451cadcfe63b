// left: ran meanwhile
// naive: stood still
// swap: use tokio::sync::Mutex; => use std::sync::Mutex;
// swap: .lock().await => .lock().unwrap()
// swap: .blocking_lock() => .lock().unwrap()
// end: kept
// words: tasks would block their thread as long as that takes
use std::sync::mpsc::channel;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

pub struct Index {
    words: Mutex<Vec<String>>,
}

impl Index {
    pub async fn count(&self) -> usize {
        self.words.lock().await.len()
    }

    pub fn rebuild(&self, text: impl Iterator<Item = String>) {
        let mut words = self.words.blocking_lock();
        words.clear();
        words.extend(text.inspect(|word| {
            let _ = word.len();
        }));
        for word in words.iter_mut() {
            word.make_ascii_lowercase();
        }
    }
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let index = Arc::new(Index { words: Mutex::new(Vec::new()) });
    let ((begun, waits), (go_on, gate)) = (channel(), channel());
    let builder = index.clone();
    let thread = std::thread::spawn(move || {
        let text = ["A", "B"].map(str::to_string).into_iter();
        builder.rebuild(text.inspect(move |_| {
            let _ = begun.send(());
            let _ = gate.recv_timeout(Duration::from_millis(300)); // until the other task has run
        }))
    });
    waits.recv().unwrap();
    let mut ran = false;
    runtime.block_on(async {
        let ticks = async {
            tokio::task::yield_now().await;
            ran = !thread.is_finished() && go_on.send(()).is_ok();
            drop(go_on);
        };
        tokio::join!(biased; index.count(), ticks).0
    });
    thread.join().unwrap();
    (if ran { "ran meanwhile" } else { "stood still" }).to_string()
}
