// reason: `change` is held there, and would be while others wait
use std::path::PathBuf;

use tokio::sync::OwnedMutexGuard;

pub struct Change {
    rows: OwnedMutexGuard<Vec<u8>>,
    path: PathBuf,
}

pub async fn apply(mut change: Change) {
    let found = std::fs::read(&change.path).unwrap_or_default();
    change.rows.extend(found);
}
