// level: safe
// prefer: std

use std::sync::{Mutex, PoisonError};

static LAST: Mutex<Option<String>> = Mutex::new(None);

async fn remember(line: &str) {
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(line.to_owned());
}

async fn last() -> Option<String> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn forget() {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
}
