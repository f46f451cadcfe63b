// level: safe
use std::collections::HashMap;
use std::sync::RwLock;

pub struct Routes {
    table: RwLock<HashMap<String, Vec<u8>>>,
}

impl Routes {
    pub async fn reload(&self, built: HashMap<String, Vec<u8>>) {
        *self.table.write().unwrap() = built;
    }

    pub async fn forget(&self) {
        *self.table.write().unwrap() = HashMap::new();
    }
}

pub async fn keep(last: &tokio::sync::Mutex<Option<Vec<String>>>, names: Vec<String>) {
    *last.lock().await = Some(names);
}
