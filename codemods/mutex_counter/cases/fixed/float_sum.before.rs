// reason: there is no atomic for `f64`: where the parts are whole in some unit (micros, cents), sum them

use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Usage {
    seconds: Mutex<f64>,
}

impl Usage {
    pub(crate) fn used(&self, seconds: f64) {
        *self.seconds.lock().unwrap() += seconds;
    }

    pub(crate) fn shown(&self) -> String {
        let seconds = self.seconds.lock().unwrap();
        format!("{seconds:.1} s")
    }
}
