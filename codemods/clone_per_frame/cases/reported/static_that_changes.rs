// reason: `LIST` is a `static mut`, so that it may change while it is borrowed
//! Of what others change, a reference is no snapshot.
#![allow(static_mut_refs)]

static mut LIST: Vec<u32> = Vec::new();

pub fn grow() -> usize {
    let mut n = 0;
    for i in 0..3 {
        unsafe {
            let before = LIST.clone();
            LIST.push(i);
            n += before.len();
        }
    }
    n
}

pub fn every() -> u32 {
    let mut n = 0;
    for _ in 0..3 {
        for x in unsafe { &LIST }.clone() {
            unsafe { LIST.push(x) };
            n += x;
        }
    }
    n
}

fn push(list: Vec<u32>) -> usize {
    unsafe { LIST.push(1) };
    list.len()
}

pub fn passed() -> usize {
    (0..3).map(|_| push(unsafe { LIST.clone() })).sum()
}

pub async unsafe fn by_name() -> usize {
    let list = &LIST;
    let before = list.clone();
    LIST.push(1);
    before.len()
}

pub async fn by_pointer(list: *mut Vec<u32>) -> usize {
    let lent = unsafe { &*list };
    let before = lent.clone();
    unsafe { (*list).push(1) };
    before.len()
}

pub async fn by_pointer_alone(list: *mut Vec<u32>) -> usize {
    unsafe {
        let before = (*list).clone();
        (*list).push(1);
        before.len()
    }
}
