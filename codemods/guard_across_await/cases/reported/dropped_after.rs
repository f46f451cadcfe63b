// reason: the lock is held that long on purpose, or the drop belongs further up
use std::collections::BTreeSet;

use tokio::sync::Mutex;

pub struct Claims {
    held: Mutex<BTreeSet<u64>>,
}

impl Claims {
    pub async fn take(&self, id: u64) -> bool {
        let mut held = self.held.lock().await;
        let new = held.insert(id);
        mirror(id).await;
        // From here on others see it.
        drop(held);
        new
    }

    pub async fn tell(&self, id: u64, quiet: bool) {
        let mut held = self.held.lock().await;
        held.insert(id);
        mirror(id).await;
        match quiet {
            true => drop(held),
            false => println!("{}", held.len()),
        }
    }
}

async fn mirror(id: u64) {
    tracing::debug!(id);
    tokio::task::yield_now().await;
}
