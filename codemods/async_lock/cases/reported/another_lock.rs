// reason: another lock
use std::sync::Mutex as Plain;

use tokio::sync::Mutex;

struct Pair {
    names: Mutex<Vec<String>>,
    sizes: Plain<Vec<usize>>,
}

impl Pair {
    async fn add(&self, name: String) {
        let mut names = self.names.lock().await;
        self.sizes.lock().unwrap().push(name.len());
        names.push(name);
    }
}
