// level: safe
// prefer: std
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock};

use tokio::sync::Mutex as AsyncMutex;

static NAMES: LazyLock<AsyncMutex<HashMap<u32, String>>> = LazyLock::new(|| AsyncMutex::new(HashMap::new()));
static LINES: OnceLock<AsyncMutex<Vec<String>>> = OnceLock::new();

struct Shards {
    all: [AsyncMutex<u128>; 2],
    more: Vec<Arc<AsyncMutex<String>>>,
}

impl Shards {
    fn new() -> Self {
        Shards {
            all: [AsyncMutex::new(0), AsyncMutex::new(1)],
            more: vec![Arc::<AsyncMutex<String>>::default(), Arc::new(AsyncMutex::from(String::new()))],
        }
    }

    async fn add(&self, index: usize) {
        *self.all[index].lock().await += 1;
        self.more[index].lock().await.push('x');
    }
}

async fn name(id: u32) -> Option<String> {
    NAMES.lock().await.get(&id).cloned()
}

async fn line(text: &str) {
    let lines = LINES.get_or_init(|| AsyncMutex::new(Vec::new()));
    lines.lock().await.push(text.to_string());
}
