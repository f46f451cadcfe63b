// reason: `.with_it()` of the trait `WithIt` is called on it

use std::sync::Mutex;

trait WithIt<T> {
    fn with_it<R>(&self, run: impl FnOnce(&mut T) -> R) -> R;
}

impl<T> WithIt<T> for Mutex<T> {
    fn with_it<R>(&self, run: impl FnOnce(&mut T) -> R) -> R {
        run(&mut self.lock().unwrap())
    }
}

#[derive(Default)]
pub(crate) struct Clicks {
    clicks: Mutex<u32>,
}

impl Clicks {
    pub(crate) fn click(&self) {
        self.clicks.with_it(|clicks| *clicks += 1);
        *self.clicks.lock().unwrap() += 1;
    }
}
