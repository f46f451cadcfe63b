// edition: 2018
// reason: is named there to find one whose type was erased, and it may be this one

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Mutex;

/// A map by type: what is in it is asked for by naming its type.
#[derive(Default)]
pub(crate) struct Extensions {
    map: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
}

impl Extensions {
    pub(crate) fn put<T: Any + Send + Sync>(&mut self, value: T) {
        self.map.insert(TypeId::of::<T>(), Box::new(value));
    }

    pub(crate) fn find<T: Any>(&self) -> Option<&T> {
        self.map.get(&TypeId::of::<T>())?.downcast_ref()
    }
}

/// No way that is followed leads from here into the map.
#[derive(Default)]
pub(crate) struct Seen {
    seen: Mutex<isize>,
}

impl Seen {
    pub(crate) fn see(&self) -> isize {
        *self.seen.lock().unwrap() += 1;
        *self.seen.lock().unwrap()
    }
}

pub(crate) fn see(all: &HashMap<TypeId, Box<dyn Any>>) {
    let found = all.get(&TypeId::of::<Mutex<isize>>());
    if let Some(seen) = found.and_then(|any| any.downcast_ref::<Mutex<isize>>()) {
        *seen.lock().unwrap() += 1;
    }
}
