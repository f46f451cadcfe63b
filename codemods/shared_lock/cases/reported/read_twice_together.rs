// reason: two snapshots may differ
use std::sync::RwLock;

struct Limits {
    names: Vec<String>,
    most: Vec<u32>,
}

struct Shared {
    limits: RwLock<Limits>,
}

impl Shared {
    fn most(&self, at: usize) -> u32 {
        self.limits.read().unwrap().most[at]
    }

    fn find(&self, name: &str) -> Option<u32> {
        let limits = self.limits.read().unwrap();
        for (at, known) in limits.names.iter().enumerate() {
            if known == name {
                return Some(self.most(at));
            }
        }
        None
    }

    fn set(&self, limits: Limits) {
        *self.limits.write().unwrap() = limits;
    }
}
