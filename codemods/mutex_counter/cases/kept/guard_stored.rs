use parking_lot::{Mutex, MutexGuard};

pub(crate) struct Editing<'a> {
    version: MutexGuard<'a, u32>,
    text: String,
}

pub(crate) struct Document {
    version: Mutex<u32>,
}

impl Document {
    pub(crate) fn edit(&self, text: String) -> Editing<'_> {
        Editing {
            version: self.version.lock(),
            text,
        }
    }

    pub(crate) fn version(&self) -> u32 {
        *self.version.lock()
    }
}

impl Editing<'_> {
    pub(crate) fn save(mut self) -> (u32, String) {
        *self.version += 1;
        (*self.version, self.text)
    }
}
