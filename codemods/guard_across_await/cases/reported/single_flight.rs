// reason: it may be the claim to do `rebuild(..)`
use std::collections::BTreeMap;

use tokio::sync::Mutex;

pub struct Index {
    terms: Mutex<BTreeMap<String, u64>>,
}

impl Index {
    /// Whoever comes while the index is rebuilt does nothing.
    pub async fn refresh(&self) -> bool {
        let Ok(mut terms) = self.terms.try_lock() else {
            return false;
        };
        terms.clear();
        rebuild("terms").await;
        true
    }
}

async fn rebuild(what: &str) {
    tracing::info!("rebuilding {what}");
    tokio::task::yield_now().await;
}
