// reason: `pause().await` (line 15) runs while the lock is held

use std::sync::Mutex;

pub(crate) struct Meta {
    turns: u64,
}

async fn pause() {}

#[allow(clippy::await_holding_lock)]
pub(crate) async fn turn(meta: &Mutex<Meta>) {
    let mut meta = meta.lock().unwrap();
    meta.turns += 1;
    pause().await;
}
