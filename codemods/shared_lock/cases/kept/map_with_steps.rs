use std::collections::HashMap;
use std::sync::RwLock;

struct Names {
    by_id: RwLock<HashMap<u64, String>>,
}

impl Names {
    fn get(&self, id: u64) -> Option<String> {
        self.by_id.read().unwrap().get(&id).cloned()
    }

    fn rename(&self, from: u64, to: u64) {
        let mut by_id = self.by_id.write().unwrap();
        if let Some(name) = by_id.remove(&from) {
            by_id.insert(to, name);
        }
    }
}
