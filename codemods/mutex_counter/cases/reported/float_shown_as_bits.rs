// reason: and would take the number's bits for the number

use std::fmt;
use std::sync::Mutex;

/// `{:?}` of a lock around 1.5 shows 1.5, that of an atomic its bits.
pub(crate) struct Shares {
    share: Mutex<f64>,
}

impl Shares {
    pub(crate) fn grow(&self, by: f64) {
        *self.share.lock().unwrap() += by;
    }
}

impl fmt::Debug for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shares")
            .field("share", &self.share)
            .finish()
    }
}
