// reason: the macro `count_up` names `ups_of_macro`, and may lock it wherever it is expanded

use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Lift {
    pub(crate) ups_of_macro: Mutex<u32>,
}

#[macro_export]
macro_rules! count_up {
    ($lift:expr) => {
        *$lift.ups_of_macro.lock().unwrap() += 1
    };
}

impl Lift {
    pub(crate) fn up(&self) -> u32 {
        *self.ups_of_macro.lock().unwrap() += 1;
        *self.ups_of_macro.lock().unwrap()
    }
}
