use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

pub(crate) struct Shared {
    names: Mutex<Vec<String>>,
    routes: RwLock<HashMap<String, u64>>,
    last: Mutex<Option<u64>>,
    id: Mutex<NonZeroU64>,
    seen: Arc<Mutex<Instant>>,
    pair: Mutex<(u64, u64)>,
    unit: Mutex<()>,
    pause: RwLock<Duration>,
    letter: Mutex<char>,
}

impl Shared {
    pub(crate) fn touch(&self, name: &str) {
        let _unit = self.unit.lock().unwrap();
        self.names.lock().unwrap().push(name.to_owned());
        *self
            .routes
            .write()
            .unwrap()
            .entry(name.to_owned())
            .or_default() += 1;
        *self.last.lock().unwrap() = Some(1);
        let mut pair = self.pair.lock().unwrap();
        pair.0 += 1;
        pair.1 += name.len() as u64;
        *self.seen.lock().unwrap() = Instant::now();
        *self.pause.write().unwrap() += Duration::from_millis(1);
        *self.letter.lock().unwrap() = 'x';
    }

    pub(crate) fn id(&self) -> u64 {
        self.id.lock().unwrap().get()
    }
}
