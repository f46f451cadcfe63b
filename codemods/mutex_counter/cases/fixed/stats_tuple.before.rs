// level: review

use std::sync::Mutex;

pub(crate) struct Pair(u64, u64);

impl Pair {
    fn new() -> Self {
        Self(0, 0)
    }

    fn left(&mut self) {
        self.0 += 1;
    }
}

pub(crate) struct Doors {
    north: Mutex<Pair>,
    south: Mutex<Pair>,
}

impl Doors {
    pub(crate) fn new() -> Self {
        Doors { north: Mutex::new(Pair(0, 0)), south: Mutex::new(Pair::new()) }
    }

    pub(crate) fn pass(&self, left: bool) {
        if left {
            self.north.lock().unwrap().left();
            self.south.lock().unwrap().0 += 1;
        } else {
            let mut south = self.south.lock().unwrap();
            south.1 += 1;
        }
    }

    pub(crate) fn show(&self) -> String {
        let north = self.north.lock().unwrap();
        format!("{} {} {}", north.0, north.1, north.0)
    }
}
