//! A pointer or a handle of the value is still in use when it would be given away: a move frees what
//! it points to, and rustc does not tell.

use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;

fn give_back(name: CString) {
    drop(name);
}

fn close(file: Arc<std::fs::File>) {
    drop(file);
}

pub async fn length(name: CString) -> usize {
    let start = name.as_ptr();
    give_back(name.clone());
    unsafe { CStr::from_ptr(start) }.to_bytes().len()
}

pub async fn descriptor(file: Arc<std::fs::File>) -> RawFd {
    let handle = file.as_raw_fd();
    close(file.clone());
    handle
}
