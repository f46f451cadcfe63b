// edition: 2018
// reason: so that its type is no longer told

use std::ffi::c_void;
use std::sync::Mutex;

pub(crate) struct Watch {
    events: Mutex<i16>,
}

unsafe extern "C" fn on_event(user: *mut c_void) {
    // SAFETY: `watch` gave it.
    let events = unsafe { &*user.cast::<Mutex<i16>>() };
    *events.lock().unwrap() += 1;
}

impl Watch {
    pub(crate) fn watch(&self, add: unsafe fn(unsafe extern "C" fn(*mut c_void), *mut c_void)) {
        let user = &self.events as *const Mutex<i16> as *mut c_void;
        // SAFETY: lives as long as the program.
        unsafe { add(on_event, user) };
        *self.events.lock().unwrap() += 1;
    }
}
