// level: review

use std::sync::Mutex;

pub(crate) struct Lease(u64);

impl Drop for Lease {
    fn drop(&mut self) {
        println!("given back");
    }
}

pub(crate) struct Shares {
    used: [Mutex<u64>; 2],
}

fn lease(turn: &mut usize) -> Lease {
    *turn += 1;
    Lease(*turn as u64)
}

impl Shares {
    pub(crate) fn take(&self, mut turn: usize) {
        *self.used[turn % 2].lock().unwrap() += lease(&mut turn).0;
    }
}
