// level: safe
use std::collections::HashMap;
use std::sync::RwLock;

pub struct Routes {
    table: RwLock<HashMap<String, Vec<u8>>>,
}

impl Routes {
    pub async fn reload(&self, built: HashMap<String, Vec<u8>>) {
        let old = std::mem::replace(&mut *self.table.write().unwrap(), built);
        drop(old);
    }

    pub async fn forget(&self) {
        let old = std::mem::take(&mut *self.table.write().unwrap());
        drop(old);
    }
}

pub async fn keep(last: &tokio::sync::Mutex<Option<Vec<String>>>, names: Vec<String>) {
    let old = std::mem::replace(&mut *last.lock().await, Some(names));
    drop(old);
}
