// reason: `Uses` has type parameters: its counters are to be made atomics by hand

use std::marker::PhantomData;
use std::sync::Mutex;

pub(crate) struct Uses<T> {
    reads: u64,
    of: PhantomData<T>,
}

pub(crate) struct Table {
    uses: Mutex<Uses<Table>>,
}

impl Table {
    pub(crate) fn read(&self) {
        self.uses.lock().unwrap().reads += 1;
    }
}
