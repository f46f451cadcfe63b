// reason: may be a method of the trait `Told`, which an `Arc` has as well
use std::sync::RwLock;

trait Told {
    fn told(&self) -> &'static str;
}

impl<T> Told for T {
    fn told(&self) -> &'static str {
        std::any::type_name::<T>()
    }
}

struct Shared {
    lines: RwLock<Vec<String>>,
}

impl Shared {
    fn longest(&self) -> Option<usize> {
        self.lines.read().unwrap().iter().map(String::len).max()
    }

    fn name(&self) -> &'static str {
        self.lines.read().unwrap().told()
    }

    fn set(&self, lines: Vec<String>) {
        *self.lines.write().unwrap() = lines;
    }
}
