// prefer: std
use std::collections::HashMap;
use std::future::Future;

use tokio::sync::Mutex;

struct Users {
    by_id: Mutex<HashMap<u64, String>>,
}

async fn tell(_: usize) {}

impl Users {
    async fn forget(&self, id: u64) {
        let mut users = self.by_id.lock().await;
        users.remove(&id);
        drop(users);
        tell(0).await;
    }

    async fn count(&self, id: u64) -> usize {
        // What is counted.
        let mut users = self.by_id.lock().await;
        users.remove(&id);
        let left = users.len();
        drop(users); // it must not wait for the rest
        tell(left).await;
        left
    }

    async fn both(&self, name: &str) -> usize {
        let mut users = self.by_id.lock().await;
        let id = users.len() as u64;
        let old = users.insert(id, name.to_owned());
        let mut seen = 1;
        let text = "a
b";
        if text.len() > 2 {
            seen += old.iter().count();
        }
        drop(users);
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
