// reason: `self.first(..)` runs while the lock is held, so it is no pure update

use std::sync::Mutex;

pub(crate) struct Packets {
    id: Mutex<u32>,
    names: Mutex<Vec<String>>,
}

impl Packets {
    pub(crate) fn next(&self) -> u32 {
        let mut id = self.id.lock().unwrap();
        // What is called may look at other things.
        let last = 1000;
        *id = if *id == last { self.first() } else { *id + 1 };
        *id
    }

    fn first(&self) -> u32 {
        self.names.lock().unwrap().len() as u32
    }
}
