// level: review
use std::sync::{LazyLock, PoisonError, RwLock};

struct Words {
    list: Vec<String>,
}

static WORDS: LazyLock<RwLock<Words>> = LazyLock::new(|| RwLock::new(Words { list: Vec::new() }));

fn matching(prefix: &str) -> Vec<String> {
    let words = WORDS.read().unwrap_or_else(PoisonError::into_inner);
    words.list.iter().filter(|word| word.starts_with(prefix)).cloned().collect()
}

fn first() -> Option<String> {
    WORDS.read().unwrap_or_else(PoisonError::into_inner).list.first().cloned()
}

fn load(list: Vec<String>) {
    *WORDS.write().unwrap_or_else(PoisonError::into_inner) = Words { list };
}
