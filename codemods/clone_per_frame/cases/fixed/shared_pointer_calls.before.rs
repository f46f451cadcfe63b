// level: safe
//! Methods behind an Arc called through one more Arc; one import serves only that.

mod store {
    use std::collections::HashMap;

    #[derive(Default)]
    pub struct Store {
        rows: HashMap<String, String>,
    }

    impl Store {
        pub async fn read(&self, key: &str) -> Option<String> {
            tokio::task::yield_now().await;
            self.rows.get(key).cloned()
        }

        pub fn size(&self) -> usize {
            self.rows.len()
        }
    }

    pub struct Shared {
        pub store: std::sync::Arc<Store>,
        pub label: std::sync::Arc<str>,
    }
}

mod handlers {
    use super::store::{Shared, Store};
    use std::sync::Arc;

    pub async fn read(shared: &Shared, key: &str) -> Option<String> {
        let store = Arc::clone(&shared.store);
        if store.size() == 0 {
            return None;
        }
        let found = Arc::clone(&shared.store).read(key).await?;
        Some(format!(
            "{}: {found} {}",
            Arc::clone(&shared.label),
            count(&shared.store.clone())
        ))
    }

    fn count(store: &Store) -> usize {
        store.size()
    }
}
