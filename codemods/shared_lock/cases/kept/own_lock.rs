use std::cell::RefCell;
use std::ops::Deref;

struct Mutex<T>(RefCell<T>);

struct Held<'a, T>(std::cell::Ref<'a, T>);

impl<T> Deref for Held<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Mutex<T> {
    fn lock(&self) -> Result<Held<'_, T>, ()> {
        Ok(Held(self.0.borrow()))
    }
}

struct Table {
    rows: Mutex<Vec<u32>>,
}

fn sum(table: &Table) -> u32 {
    table.rows.lock().unwrap().iter().sum()
}

fn most(table: &Table) -> Option<u32> {
    table.rows.lock().unwrap().iter().copied().max()
}
