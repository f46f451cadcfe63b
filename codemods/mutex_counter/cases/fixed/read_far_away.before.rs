//! Who looks at a number may be far from it: results, parameters, fields, closures are followed.

use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Pool {
    busy: Mutex<usize>,
    queued: Mutex<usize>,
    waiting: Mutex<u32>,
    served: Mutex<u64>,
    retries: Mutex<u32>,
    shown: Mutex<i64>,
    sent: Mutex<i64>,
}

pub(crate) struct Load {
    pub(crate) queued: usize,
    pub(crate) served: u64,
}

impl Pool {
    pub(crate) fn take(&self) {
        *self.busy.lock().unwrap() += 1;
        *self.queued.lock().unwrap() -= 1;
        *self.waiting.lock().unwrap() += 1;
        *self.served.lock().unwrap() += 1;
        *self.retries.lock().unwrap() += 1;
        *self.shown.lock().unwrap() -= 1;
        *self.sent.lock().unwrap() -= 1;
    }

    /// Its caller decides.
    fn busy_now(&self) -> usize {
        *self.busy.lock().unwrap()
    }

    fn idle(&self) -> bool {
        self.busy_now() == 0
    }

    /// Decided on through a field.
    pub(crate) fn load(&self) -> Load {
        Load {
            queued: *self.queued.lock().unwrap(),
            served: *self.served.lock().unwrap(),
        }
    }

    pub(crate) fn full(&self) -> bool {
        let load = self.load();
        load.queued > 100
    }

    /// In a function that is given the number.
    pub(crate) fn crowded(&self) -> bool {
        too_many(*self.waiting.lock().unwrap())
    }

    /// By a closure.
    pub(crate) fn tired(&self) -> Option<u32> {
        Some(*self.retries.lock().unwrap()).filter(|n| *n > 3)
    }

    pub(crate) fn stop(&self) -> bool {
        self.idle() && !self.full()
    }

    /// Only shown, although through a name and a call.
    pub(crate) fn show(&self) -> String {
        let served = self.load().served;
        let shown = *self.shown.lock().unwrap();
        line(shown) + &format!("served {served}")
    }

    /// Whoever receives it may decide, and the number goes down too.
    pub(crate) fn send(&self, to: &std::sync::mpsc::Sender<i64>) {
        let _ = to.send(*self.sent.lock().unwrap());
    }
}

fn too_many(waiting: u32) -> bool {
    match waiting {
        0..=9 => false,
        _ => true,
    }
}

fn line(value: i64) -> String {
    format!("shown {value}; ")
}
