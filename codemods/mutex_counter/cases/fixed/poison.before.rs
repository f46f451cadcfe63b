use std::sync::{Mutex, PoisonError, RwLock};

#[derive(Debug)]
pub(crate) enum Error {
    Poisoned,
}

pub(crate) struct Retries {
    attempts: Mutex<u32>,
    failures: Mutex<u32>,
    skipped: Mutex<u32>,
    depth: RwLock<i64>,
}

impl Retries {
    pub(crate) fn attempt(&self) -> Result<u32, Error> {
        let mut attempts = self.attempts.lock().map_err(|_| Error::Poisoned)?;
        *attempts += 1;
        Ok(*attempts)
    }

    pub(crate) fn failed(&self) {
        *self.failures.lock().unwrap_or_else(|e| e.into_inner()) += 1;
        let mut depth = match self.depth.write() {
            Ok(guard) => guard,
            Err(poisoned) => poisoned.into_inner(),
        };
        *depth -= 1;
    }

    pub(crate) fn failures(&self) -> u32 {
        *self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn skip(&self) {
        if let Ok(mut skipped) = self.skipped.lock() {
            *skipped += 1;
        } else {
            log::error!("skipped is poisoned");
        }
    }

    pub(crate) fn skipped(&self) -> u32 {
        self.skipped.lock().map(|skipped| *skipped).unwrap_or(0)
    }

    pub(crate) fn depth(&self) -> i64 {
        match self.depth.read() {
            Ok(depth) => *depth,
            Err(_) => 0,
        }
    }

    pub(crate) fn attempts(&self) -> u32 {
        let Ok(attempts) = self.attempts.lock() else {
            return 0;
        };
        *attempts
    }
}
