// left: one at a time
// naive: two
// swap: use tokio::sync::RwLock; => use std::sync::RwLock;
// swap: RwLock::with_max_readers(Vec::new(), 1) => RwLock::new(Vec::new())
// swap: .read().await => .read().unwrap()
// swap: .write().await => .write().unwrap()
// end: kept
// words: the number of its readers is bounded
use tokio::sync::RwLock;

pub struct Table {
    rows: RwLock<Vec<u32>>,
}

impl Table {
    pub async fn add(&self, row: u32) {
        self.rows.write().await.push(row);
    }

    pub async fn with_rows<T>(&self, look: impl FnOnce(&[u32]) -> T) -> T {
        let rows = self.rows.read().await;
        look(&rows)
    }

    pub fn is_free(&self) -> bool {
        self.rows.try_read().is_ok()
    }
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let table = Table { rows: RwLock::with_max_readers(Vec::new(), 1) };
    let two = runtime.block_on(async {
        table.add(1).await;
        table.with_rows(|_| table.is_free()).await
    });
    (if two { "two" } else { "one at a time" }).to_string()
}
