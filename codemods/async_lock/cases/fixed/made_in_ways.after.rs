// level: safe
// prefer: std
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

static NAMES: LazyLock<Mutex<HashMap<u32, String>>> = LazyLock::new(|| Mutex::new(HashMap::new()));
static LINES: OnceLock<Mutex<Vec<String>>> = OnceLock::new();

struct Shards {
    all: [Mutex<u128>; 2],
    more: Vec<Arc<Mutex<String>>>,
}

impl Shards {
    fn new() -> Self {
        Shards {
            all: [Mutex::new(0), Mutex::new(1)],
            more: vec![Arc::<Mutex<String>>::default(), Arc::new(Mutex::from(String::new()))],
        }
    }

    async fn add(&self, index: usize) {
        *self.all[index].lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.more[index].lock().unwrap_or_else(PoisonError::into_inner).push('x');
    }
}

async fn name(id: u32) -> Option<String> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
}

async fn line(text: &str) {
    let lines = LINES.get_or_init(|| Mutex::new(Vec::new()));
    lines.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_string());
}
