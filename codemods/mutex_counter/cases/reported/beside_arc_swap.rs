// reason: is used together with this value, as in

use arc_swap::ArcSwap;
use std::sync::{Arc, Mutex};

pub(crate) struct Routes {
    table: ArcSwap<Vec<u8>>,
    lookups: Mutex<u64>,
}

impl Routes {
    /// One of the two sees what the other did.
    pub(crate) fn look(&self) -> Arc<Vec<u8>> {
        *self.lookups.lock().unwrap() += 1;
        self.table.load_full()
    }

    pub(crate) fn replace(&self, table: Vec<u8>) {
        self.table.store(Arc::new(table));
        println!("{} by the old one", *self.lookups.lock().unwrap());
    }
}
