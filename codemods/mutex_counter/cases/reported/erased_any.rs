// edition: 2018
// reason: takes it as `dyn Any`, so that its type is no longer told

use std::any::Any;
use std::sync::{Arc, Mutex};

/// Goes in as anything, comes out as a lock: changed on one side only, it would count nothing.
pub(crate) fn start(spawn: fn(Arc<dyn Any + Send + Sync>)) -> u8 {
    let hits = Arc::new(Mutex::new(0u8));
    spawn(hits.clone());
    let n = *hits.lock().unwrap();
    n
}

pub(crate) fn worker(user: Arc<dyn Any + Send + Sync>) {
    if let Ok(hits) = user.downcast::<Mutex<u8>>() {
        *hits.lock().unwrap() += 1;
    }
}
