use std::sync::{Mutex, MutexGuard};

fn charge(budget: &mut u32, cost: u32) -> bool {
    match budget.checked_sub(cost) {
        Some(rest) => {
            *budget = rest;
            true
        }
        None => false,
    }
}

fn finish(budget: MutexGuard<'_, u32>) -> u32 {
    *budget
}

pub(crate) struct Account {
    budget: Mutex<u32>,
    reserve: Mutex<u32>,
}

impl Account {
    pub(crate) fn spend(&self, cost: u32) -> bool {
        let mut budget = self.budget.lock().unwrap();
        charge(&mut budget, cost)
    }

    pub(crate) fn close(&self) -> u32 {
        let reserve = self.reserve.lock().unwrap();
        finish(reserve)
    }
}
