// level: review
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

struct Words {
    list: Vec<String>,
}

static WORDS: LazyLock<RwLock<Arc<Words>>> = LazyLock::new(|| RwLock::new(Arc::new(Words { list: Vec::new() })));

fn matching(prefix: &str) -> Vec<String> {
    let words = Arc::clone(&WORDS.read().unwrap_or_else(PoisonError::into_inner));
    words.list.iter().filter(|word| word.starts_with(prefix)).cloned().collect()
}

fn first() -> Option<String> {
    WORDS.read().unwrap_or_else(PoisonError::into_inner).list.first().cloned()
}

fn load(list: Vec<String>) {
    *WORDS.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Words { list });
}
