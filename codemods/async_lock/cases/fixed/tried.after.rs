// level: safe
// prefer: std
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

struct Cache {
    lines: Mutex<Vec<String>>,
}

impl Cache {
    async fn add(&self, line: &str) {
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line.to_owned());
    }

    fn peek(&self) -> Option<String> {
        if let Ok(lines) = self.lines.try_lock().or_else(|e| match e {
            TryLockError::Poisoned(p) => Ok(p.into_inner()),
            e => Err(e),
        }) {
            return lines.last().cloned();
        }
        None
    }

    fn len(&self) -> usize {
        match self.lines.try_lock().or_else(|e| match e {
            TryLockError::Poisoned(p) => Ok(p.into_inner()),
            e => Err(e),
        }) {
            Ok(lines) => lines.len(),
            Err(_) => 0,
        }
    }

    fn is_busy(&self) -> bool {
        self.lines
            .try_lock()
            .or_else(|e| match e {
                TryLockError::Poisoned(p) => Ok(p.into_inner()),
                e => Err(e),
            })
            .is_err()
    }

    fn first(self: Arc<Self>) -> Option<String> {
        let lines = self
            .lines
            .try_lock()
            .or_else(|e| match e {
                TryLockError::Poisoned(p) => Ok(p.into_inner()),
                e => Err(e),
            })
            .ok()?;
        lines.first().cloned()
    }

    fn reset(&self) -> bool {
        let Ok(mut lines) = self.lines.try_lock().or_else(|e| match e {
            TryLockError::Poisoned(p) => Ok(p.into_inner()),
            e => Err(e),
        }) else {
            return false;
        };
        lines.clear();
        true
    }
}
