// reason: `list` hands it out by unsafe code
//! What an `UnsafeCell` hands out may change while it is borrowed.

use std::cell::UnsafeCell;
use std::ops::Deref;

pub struct Shared {
    list: UnsafeCell<Vec<u32>>,
}

impl Shared {
    fn list(&self) -> &Vec<u32> {
        unsafe { &*self.list.get() }
    }

    fn push(&self, n: u32) {
        unsafe { (*self.list.get()).push(n) }
    }

    pub async fn grow(&self) -> usize {
        let before = self.list().clone();
        self.push(1);
        before.len()
    }

    pub async fn grow_more(&self) -> usize {
        let list = self.list();
        let before = list.clone();
        self.push(1);
        before.len()
    }
}

#[derive(Default)]
pub struct Lists {
    names: Vec<String>,
}

pub struct Owner {
    inner: UnsafeCell<Lists>,
}

impl Deref for Owner {
    type Target = Lists;

    fn deref(&self) -> &Lists {
        unsafe { &*self.inner.get() }
    }
}

impl Owner {
    fn push(&self, name: &str) {
        unsafe { (*self.inner.get()).names.push(name.to_string()) }
    }
}

pub async fn add(owner: &Owner) -> usize {
    let before = owner.names.clone();
    owner.push("new");
    before.len()
}
