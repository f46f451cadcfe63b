use std::collections::HashMap;
use std::sync::Mutex;

use crate::UploadError;

/// How much of the capacity is taken, and by which file.
pub struct Quota {
    capacity: u64,
    used: Mutex<u64>,
    holdings: Mutex<HashMap<String, u64>>,
}

impl Quota {
    pub fn new(capacity: u64) -> Self {
        Quota {
            capacity,
            used: Mutex::new(0),
            holdings: Mutex::new(HashMap::new()),
        }
    }

    pub fn used(&self) -> u64 {
        *self.used.lock().unwrap()
    }

    /// Takes `bytes` for `name` in place of what it held, and returns that.
    pub fn charge(&self, name: &str, bytes: u64) -> Result<u64, UploadError> {
        // Held from the check to the entry: let go between them, two uploads could both find
        // room where there is room for one, and the sum would no longer match the holdings.
        let mut used = self.used.lock().unwrap();
        let mut holdings = self.holdings.lock().unwrap();
        let held = holdings.get(name).copied().unwrap_or(0);
        let wanted = *used - held + bytes;
        if wanted > self.capacity {
            return Err(UploadError::Full);
        }
        holdings.insert(name.to_owned(), bytes);
        *used = wanted;
        Ok(held)
    }

    /// Gives back what `name` holds.
    pub fn release(&self, name: &str) {
        // Same order as in `charge`.
        let mut used = self.used.lock().unwrap();
        if let Some(held) = self.holdings.lock().unwrap().remove(name) {
            *used -= held;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn replacing_frees_the_old_share() {
        let quota = Quota::new(10);
        assert_eq!(quota.charge("a", 6).unwrap(), 0);
        assert_eq!(quota.charge("a", 9).unwrap(), 6);
        assert!(matches!(quota.charge("b", 2), Err(UploadError::Full)));
        quota.release("a");
        quota.release("a");
        assert_eq!(quota.used(), 0);
    }

    #[test]
    fn never_promises_more_than_there_is() {
        let quota = Quota::new(30);
        let admitted: usize = thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|thread| {
                    let quota = &quota;
                    scope.spawn(move || {
                        (0..10)
                            .filter(|n| quota.charge(&format!("{thread}-{n}"), 1).is_ok())
                            .count()
                    })
                })
                .collect();
            threads.into_iter().map(|job| job.join().unwrap()).sum()
        });
        assert_eq!(admitted, 30);
        assert_eq!(quota.used(), 30);
    }
}
