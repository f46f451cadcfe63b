use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Wide {
    wide: Mutex<u128>,
    offset: Mutex<i128>,
}

impl Wide {
    pub(crate) fn add(&self, value: u64) {
        *self.wide.lock().unwrap() += u128::from(value);
        *self.offset.lock().unwrap() -= 1;
    }
}
