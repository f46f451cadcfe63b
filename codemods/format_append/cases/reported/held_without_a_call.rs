// reason: would be dropped later
//! What is made in passing, and ends with `format!`, without a call that is seen.
use std::sync::{Mutex, MutexGuard};

macro_rules! count {
    ($of:expr) => {
        $of.lock().unwrap().len()
    };
}

pub struct Held<'a>(MutexGuard<'a, u8>, u8);

pub fn counted(names: &[Mutex<String>], out: &mut Vec<(String, bool)>) {
    for name in names {
        out.push((format!("{}", count!(name)), name.try_lock().is_ok()));
    }
}

pub fn tried(m: &Mutex<u8>, out: &mut Vec<(String, bool)>) -> Option<()> {
    for _ in 0..2 {
        let guard = m.lock().ok();
        out.push((format!("{}", *guard?), m.try_lock().is_ok()));
    }
    Some(())
}

pub fn moved(m: &Mutex<u8>, out: &mut Vec<(String, bool)>) {
    for _ in 0..2 {
        let guard = m.lock().unwrap();
        out.push((format!("{}", Held(guard, 1).1), m.try_lock().is_ok()));
    }
}

pub fn in_a_tuple(m: &Mutex<u8>, out: &mut Vec<(String, bool)>) {
    for _ in 0..2 {
        let guard = m.lock().unwrap();
        out.push((format!("{}", (guard, 1u8).1), m.try_lock().is_ok()));
    }
}

pub fn in_a_block(m: &Mutex<u8>, out: &mut Vec<(String, bool)>) {
    for _ in 0..2 {
        let guard = m.lock().unwrap();
        out.push((format!("{}", *{ guard }), m.try_lock().is_ok()));
    }
}

pub fn in_a_match(m: &Mutex<String>, out: &mut String) {
    for _ in 0..2 {
        match out.push_str(&format!("{}-", count!(m))) {
            () => drop(m.try_lock()),
        }
    }
}
