// level: review

use parking_lot::RwLock;
use tokio::sync::Mutex;

/// A block of the map; saved from code that is not async.
pub(crate) struct Spawner {
    delay: Mutex<i32>,
    active: Mutex<bool>,
    range: RwLock<u32>,
    seed: Mutex<i64>,
}

impl Spawner {
    pub(crate) async fn tick(&self) {
        let mut delay = self.delay.lock().await;
        *delay -= 1;
        drop(delay);
        *self.active.lock().await = true;
    }

    pub(crate) fn save(&self, out: &mut Vec<i64>) -> Option<()> {
        out.push(i64::from(*self.delay.try_lock().ok()?));
        out.push(self.seed.try_lock().ok().map_or(0, |seed| *seed));
        if let Some(range) = self.range.try_read() {
            out.push(i64::from(*range));
        }
        Some(())
    }

    pub(crate) fn is_active(&self) -> bool {
        self.active.try_lock().is_ok_and(|active| *active)
    }
}
