// level: safe
// prefer: std
// edition: 2024
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

struct Users {
    by_name: Mutex<HashMap<String, u64>>,
}

async fn load(_: &str) -> u64 {
    1
}

impl Users {
    async fn block(&self, name: &str) -> u64 {
        {
            let users = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(id) = users.get(name) {
                return *id;
            }
        }
        load(name).await
    }

    async fn condition(&self, name: &str) -> u64 {
        if self
            .by_name
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(name)
        {
            load(name).await
        } else {
            0
        }
    }

    // In this edition the lock is let go in front of the `else`.
    async fn otherwise(&self, name: &str) -> u64 {
        if let Some(id) = self
            .by_name
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
        {
            *id
        } else {
            load(name).await
        }
    }

    async fn copied(&self, name: &str) -> u64 {
        let known = self
            .by_name
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .copied();
        match known {
            Some(id) => id,
            None => {
                let id = load(name).await;
                self.by_name
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(name.to_owned(), id);
                id
            }
        }
    }
}
