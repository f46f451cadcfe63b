// reason: `.get_mut()` would lend the number's bits

use std::sync::Mutex;

pub(crate) struct Shift {
    shift: Mutex<f32>,
}

impl Shift {
    pub(crate) fn by(&self, by: f32) {
        *self.shift.lock().unwrap() += by;
    }

    pub(crate) fn own(&mut self) -> &mut f32 {
        self.shift.get_mut().unwrap()
    }
}
