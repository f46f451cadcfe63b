// reason: a raw pointer to `name`, taken at line 20, is kept
//! A pointer or a handle of the value is still in use when it would be given away: a move frees what
//! it points to, and rustc does not tell.

use std::ffi::{c_char, CStr, CString};
use std::os::fd::{AsRawFd, RawFd};
use std::ptr::NonNull;
use std::sync::Arc;

fn give_back(name: CString) {
    drop(name);
}

fn close(file: Arc<std::fs::File>) {
    drop(file);
}

pub async fn length(name: CString) -> usize {
    // taken
    let start = name.as_ptr();
    give_back(name.clone());
    unsafe { CStr::from_ptr(start) }.to_bytes().len()
}

pub async fn descriptor(file: Arc<std::fs::File>) -> RawFd {
    let handle = file.as_raw_fd();
    close(file.clone());
    handle
}

fn keep(list: Vec<u8>) {
    drop(list);
}

pub async fn first(list: Vec<u8>) -> u8 {
    let start = list.as_slice().as_ptr();
    keep(list.clone());
    unsafe { *start }
}

pub async fn through_a_reference(list: Vec<u8>) -> u8 {
    let view = &list;
    let start = view.as_ptr() as usize;
    keep(list.clone());
    unsafe { *(start as *const u8) }
}

pub async fn of_the_text(text: String) -> u8 {
    let start = std::ptr::from_ref(text.as_str()).cast::<u8>();
    drop(text.clone());
    unsafe { *start }
}

pub async fn not_null(list: Vec<u8>) -> u8 {
    let start = NonNull::from(list.as_slice()).cast::<u8>();
    keep(list.clone());
    unsafe { *start.as_ptr() }
}

pub async fn longer(text: String) -> usize {
    let view: &'static str = unsafe { std::mem::transmute(text.as_str()) };
    drop(text.clone());
    view.len()
}

pub async fn stored(list: Vec<u8>, places: &mut Vec<*const u8>) {
    places.push(list.as_ptr());
    keep(list.clone());
}

struct Register {
    start: *const c_char,
}

impl Register {
    fn note(&mut self, name: &CString) {
        self.start = name.as_ptr();
    }

    fn len(&self) -> usize {
        unsafe { CStr::from_ptr(self.start) }.to_bytes().len()
    }
}

pub async fn by_a_helper(name: CString) -> usize {
    let mut register = Register {
        start: std::ptr::null(),
    };
    register.note(&name);
    give_back(name.clone());
    register.len()
}

pub async fn given_with_it(name: CString, start: *const c_char) -> usize {
    give_back(name.clone());
    unsafe { CStr::from_ptr(start) }.to_bytes().len()
}
