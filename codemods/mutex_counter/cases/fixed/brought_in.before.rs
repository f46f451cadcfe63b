// level: safe

//! The lock's name comes from a module of the crate, which brings in the same one in every build.

mod locks {
    #[cfg(target_os = "none")]
    pub(crate) use std::sync::Condvar;
    pub(crate) use std::sync::Mutex;
}

use self::locks::Mutex;

pub(crate) struct Guests {
    in_house: Mutex<u32>,
    names: Mutex<Vec<String>>,
}

impl Guests {
    pub(crate) fn enter(&self, name: &str) {
        *self.in_house.lock().unwrap() += 1;
        self.names.lock().unwrap().push(name.to_owned());
    }

    pub(crate) fn show(&self) {
        println!("{}", self.in_house.lock().unwrap());
    }
}
