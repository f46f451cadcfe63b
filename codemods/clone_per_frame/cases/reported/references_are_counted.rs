// reason: `get_mut` at line 9 asks who else holds `names`
//! Whether an `Arc` is held by others is what the code asks.

use std::sync::Arc;

pub async fn change(mut names: Arc<Vec<String>>) -> usize {
    let seen = names.clone();
    let n = seen.len();
    if let Some(all) = Arc::get_mut(&mut names) {
        all.clear();
    }
    n
}

pub async fn take(names: Arc<Vec<String>>) -> usize {
    let seen = names.clone();
    let n = seen.len();
    n + Arc::try_unwrap(names).map_or(0, |all| all.len())
}

pub async fn count(names: Arc<Vec<String>>) -> usize {
    let seen = names.clone();
    seen.len() + Arc::strong_count(&names)
}
