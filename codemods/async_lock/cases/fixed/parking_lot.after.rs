// level: safe
use std::sync::Arc;
use parking_lot::RwLock;

#[derive(Clone)]
struct Limits {
    per_user: Arc<RwLock<Vec<u32>>>,
}

impl Limits {
    async fn of(&self, user: usize) -> u32 {
        self.per_user.read().get(user).copied().unwrap_or(0)
    }

    async fn raise(&self, user: usize) {
        let mut limits = self
            .per_user
            .write();
        if let Some(limit) = limits.get_mut(user) {
            *limit += 1;
        }
    }

    fn reset(&mut self) -> bool {
        match Arc::get_mut(&mut self.per_user) {
            Some(limits) => {
                limits.get_mut().clear();
                true
            }
            None => false,
        }
    }
}

// The package uses parking_lot already.
static SEEN: parking_lot::Mutex<u32> = parking_lot::Mutex::new(0);
