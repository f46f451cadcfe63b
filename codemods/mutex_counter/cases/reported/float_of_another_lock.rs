// reason: another lock that the new value takes would be given back before the change

use std::sync::Mutex;

/// Nobody who has `moved` sees a sum that was not added yet.
pub(crate) struct Moves {
    moved: Mutex<f64>,
    sums: Mutex<Vec<f64>>,
}

impl Moves {
    pub(crate) fn all(&self) {
        *self.moved.lock().unwrap() += self.sums.lock().unwrap().iter().sum::<f64>();
    }
}
