// level: review

use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) struct Lease(u64);

impl Drop for Lease {
    fn drop(&mut self) {
        println!("given back");
    }
}

pub(crate) struct Shares {
    used: [AtomicU64; 2],
}

fn lease(turn: &mut usize) -> Lease {
    *turn += 1;
    Lease(*turn as u64)
}

impl Shares {
    pub(crate) fn take(&self, mut turn: usize) {
        let value = lease(&mut turn).0;
        self.used[turn % 2].fetch_add(value, Ordering::Relaxed);
    }
}
