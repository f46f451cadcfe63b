//! Numbers by another name, a lock by another name, a struct that another file defines.

use std::sync::{Arc, Mutex, RwLock};

use crate::fixed_aliased_elsewhere::{self as elsewhere, NearStats, Pooled, Tally};

type Size = usize;
type Bytes = Size;
pub(crate) type Flag = bool;

pub(crate) struct Link {
    frames: Mutex<Tally>,
    size: RwLock<Bytes>,
    up: Mutex<Flag>,
    dropped: Mutex<elsewhere::Tally>,
    retries: Pooled<u32>,
    resets: elsewhere::Pooled<Tally>,
    stats: Mutex<NearStats>,
    peers: Pooled<Vec<String>>,
}

static LINKS: Mutex<Size> = Mutex::new(0);

impl Link {
    pub(crate) fn new(retries: Pooled<u32>) -> Self {
        *LINKS.lock().unwrap() += 1;
        Link {
            frames: Mutex::new(0),
            size: RwLock::new(0),
            up: Mutex::default(),
            dropped: Mutex::new(Tally::MAX),
            retries,
            resets: Arc::new(Mutex::new(0)),
            stats: Mutex::new(NearStats::default()),
            peers: Pooled::default(),
        }
    }

    pub(crate) fn frame(&self, bytes: Bytes) -> Tally {
        *self.size.write().unwrap() += bytes;
        *self.dropped.lock().unwrap() -= 1;
        *self.retries.lock().unwrap() += 1;
        let resets = Arc::clone(&self.resets);
        std::thread::spawn(move || *resets.lock().unwrap() += 1);
        self.stats.lock().unwrap().sent += 1;
        let mut frames = self.frames.lock().unwrap();
        *frames += 1;
        *frames
    }

    pub(crate) fn raise(&self) -> Flag {
        std::mem::replace(&mut *self.up.lock().unwrap(), true)
    }

    pub(crate) fn peer(&self, name: &str) {
        self.peers.lock().unwrap().push(name.to_owned());
    }
}

pub(crate) fn first() -> Link {
    Link::new(Arc::new(Mutex::new(0)))
}
