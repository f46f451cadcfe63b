// prefer: std
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

struct Users {
    by_id: Mutex<HashMap<u64, String>>,
}

async fn tell(_: usize) {}

impl Users {
    async fn forget(&self, id: u64) {
        {
            let mut users = self.by_id.lock().unwrap_or_else(PoisonError::into_inner);
            users.remove(&id);
        }
        tell(0).await;
    }

    async fn count(&self, id: u64) -> usize {
        // What is counted.
        let left = {
            let mut users = self.by_id.lock().unwrap_or_else(PoisonError::into_inner);
            users.remove(&id);
            users.len()
        }; // it must not wait for the rest
        tell(left).await;
        left
    }

    async fn both(&self, name: &str) -> usize {
        let (id, mut seen) = {
            let mut users = self.by_id.lock().unwrap_or_else(PoisonError::into_inner);
            let id = users.len() as u64;
            let old = users.insert(id, name.to_owned());
            let mut seen = 1;
            let text = "a
b";
            if text.len() > 2 {
                seen += old.iter().count();
            }
            (id, seen)
        };
        seen += 1;
        tell(seen).await;
        id as usize + seen
    }
}

fn spawned<F: Future<Output = ()> + Send>(_: F) {}

fn start(users: &Users) {
    spawned(users.forget(1));
    spawned(async move {
        users.count(1).await;
        users.both("a").await;
    });
}
