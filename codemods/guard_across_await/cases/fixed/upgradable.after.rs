use std::collections::BTreeMap;

use parking_lot::{RwLock, RwLockUpgradableReadGuard};

pub struct Index {
    terms: RwLock<BTreeMap<String, u64>>,
}

impl Index {
    pub async fn bump(&self, term: &str) -> u64 {
        let seen = {
            let terms = self.terms.upgradable_read();
            terms.get(term).copied().unwrap_or_default()
        };
        persist(term, seen).await;
        seen
    }

    pub async fn size(&self) -> usize {
        let size = {
            let terms = RwLockUpgradableReadGuard::downgrade(self.terms.upgradable_read());
            terms.len()
        };
        persist("", size as u64).await;
        size
    }
}

async fn persist(term: &str, seen: u64) {
    tracing::debug!(term, seen);
    tokio::task::yield_now().await;
}
