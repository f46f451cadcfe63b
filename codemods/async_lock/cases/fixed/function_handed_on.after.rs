// level: review
// prefer: std
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

struct Flag {
    set: Mutex<bool>,
}

impl Flag {
    async fn set(&self) {
        *self.set.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }
}

async fn is_set(flag: Arc<Flag>) -> bool {
    *flag.set.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn until<F, Fut>(flag: Arc<Flag>, check: F)
where
    F: Fn(Arc<Flag>) -> Fut,
    Fut: Future<Output = bool>,
{
    while !check(flag.clone()).await {}
}

async fn run(flag: Arc<Flag>) {
    until(flag, is_set).await;
}
