mod sync {
    use std::cell::{RefCell, RefMut};

    /// A cell with the face of a lock, for code that runs on one thread.
    #[derive(Default)]
    pub(crate) struct Mutex<T>(RefCell<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Mutex(RefCell::new(value))
        }

        pub(crate) fn lock(&self) -> Result<RefMut<'_, T>, std::cell::BorrowMutError> {
            self.0.try_borrow_mut()
        }
    }
}

use sync::Mutex;

#[derive(Default)]
pub(crate) struct Local {
    calls: Mutex<u64>,
}

impl Local {
    pub(crate) fn new() -> Self {
        Local {
            calls: Mutex::new(0),
        }
    }

    pub(crate) fn call(&self) -> u64 {
        *self.calls.lock().unwrap() += 1;
        *self.calls.lock().unwrap()
    }
}
