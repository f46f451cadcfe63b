// level: safe
// prefer: std
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError, RwLock};

struct Routes {
    table: RwLock<BTreeMap<String, u16>>,
    hits: Mutex<(u64, u64)>,
}

impl Routes {
    async fn find(&self, path: &str) -> Option<u16> {
        let found = self
            .table
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(path)
            .copied();
        let mut hits = self.hits.lock().unwrap_or_else(PoisonError::into_inner);
        match found {
            Some(_) => hits.0 += 1,
            None => hits.1 += 1,
        }
        found
    }

    async fn add(&self, path: &str, port: u16) -> bool {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        if table.contains_key(path) {
            return false;
        }
        table.insert(path.to_string(), port);
        true
    }

    fn into_parts(self) -> (BTreeMap<String, u16>, (u64, u64)) {
        (
            self.table
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner),
            self.hits
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    fn clear(&mut self) {
        self.table
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        *self.hits.get_mut().unwrap_or_else(PoisonError::into_inner) = (0, 0);
    }
}
