// reason: `view` hands it out by unsafe code
//! What another function hands out, and has from one with unsafe code in it.

use std::cell::UnsafeCell;

pub struct Frozen(UnsafeCell<Vec<u32>>);

impl Frozen {
    fn get(&self) -> &Vec<u32> {
        unsafe { &*self.0.get() }
    }

    fn push(&self, n: u32) {
        unsafe { (*self.0.get()).push(n) }
    }

    fn all(&self) -> &Vec<u32> {
        self.get()
    }
}

fn view(frozen: &Frozen) -> &Vec<u32> {
    frozen.get()
}

struct Holds<'a> {
    frozen: &'a Frozen,
}

impl<'a> Holds<'a> {
    fn list(&self) -> &'a Vec<u32> {
        view(self.frozen)
    }
}

pub async fn by_a_function(frozen: &Frozen) -> usize {
    let before = view(frozen).clone();
    frozen.push(1);
    before.len()
}

pub async fn by_a_method(frozen: &Frozen) -> usize {
    let before = frozen.all().clone();
    frozen.push(1);
    before.len()
}

pub async fn by_a_holder(frozen: &Frozen) -> usize {
    let holds = Holds { frozen };
    let before = holds.list().clone();
    frozen.push(1);
    before.len()
}
