// reason: `Mutex<Meta>` is named where types are erased: what was put in need not be seen here

use std::any::Any;
use std::sync::{Arc, Mutex};

pub(crate) struct Meta {
    hits: u64,
}

pub(crate) fn make() -> Arc<dyn Any + Send + Sync> {
    Arc::new(Mutex::new(Meta { hits: 0 }))
}

pub(crate) fn hit(context: Arc<dyn Any + Send + Sync>) {
    if let Ok(meta) = context.downcast::<Mutex<Meta>>() {
        meta.lock().unwrap().hits += 1;
    }
}
