// package: by-type
// left: Some(1)
// naive: None
// swap: use tokio::sync::Mutex; => use std::sync::Mutex;
// swap: .lock().await => .lock().unwrap()
// end: kept
// words: so that its type is no longer told
use std::any::Any;
use std::sync::Arc;

use tokio::sync::Mutex;

pub struct Registry {
    names: Arc<Mutex<Vec<char>>>,
}

impl Registry {
    pub async fn add(&self, name: char) {
        self.names.lock().await.push(name);
    }

    pub fn erased(&self) -> Arc<dyn Any + Send + Sync> {
        self.names.clone()
    }
}

pub fn len(found: &(dyn Any + Send + Sync)) -> Option<usize> {
    let names = found.downcast_ref::<tokio::sync::Mutex<Vec<char>>>()?;
    names.try_lock().ok().map(|names| names.len())
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let registry = Registry { names: Arc::new(Mutex::new(Vec::new())) };
    runtime.block_on(registry.add('a'));
    format!("{:?}", len(&*registry.erased()))
}
