//! Counts what a program asks of its allocator. Linked into the programs of a scratch copy alone.
//!
//! The counts live in a file that is mapped and shared, so they outlast an abort, and those of
//! forked children are in them. Without the file (`SPIKEPROOF_COUNTS` names it) nothing is kept.

use std::alloc::{GlobalAlloc, Layout, System};
use std::os::raw::{c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

#[repr(C)]
struct Counts {
    allocations: AtomicU64,
    bytes: AtomicU64,
}

extern "C" {
    fn getenv(name: *const c_char) -> *const c_char;
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn close(file: c_int) -> c_int;
    fn mmap(
        address: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        file: c_int,
        offset: isize,
    ) -> *mut c_void;
}

const READ_WRITE: c_int = 2; // O_RDWR
const PROT_READ_WRITE: c_int = 3;
const MAP_SHARED: c_int = 1;

static NOWHERE: Counts = Counts {
    allocations: AtomicU64::new(0),
    bytes: AtomicU64::new(0),
};
static COUNTS: AtomicPtr<Counts> = AtomicPtr::new(null_mut());

/// Nothing in here may allocate.
#[cold]
fn find() -> *mut Counts {
    let mut found = &NOWHERE as *const Counts as *mut Counts;
    unsafe {
        let path = getenv(b"SPIKEPROOF_COUNTS\0".as_ptr().cast());
        if !path.is_null() {
            let file = open(path, READ_WRITE);
            if file >= 0 {
                let size = std::mem::size_of::<Counts>();
                let place = mmap(null_mut(), size, PROT_READ_WRITE, MAP_SHARED, file, 0);
                close(file);
                if place as isize != -1 {
                    found = place.cast();
                }
            }
        }
    }
    COUNTS.store(found, Ordering::Release);
    found
}

#[inline]
fn count(bytes: usize) {
    let mut counts = COUNTS.load(Ordering::Acquire);
    if counts.is_null() {
        counts = find();
    }
    let counts = unsafe { &*counts };
    counts.allocations.fetch_add(1, Ordering::Relaxed);
    counts.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
}

struct Counter;

unsafe impl GlobalAlloc for Counter {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        System.alloc(layout)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        System.alloc_zeroed(layout)
    }

    /// One allocation, of as many bytes as it grows by.
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.saturating_sub(layout.size()));
        System.realloc(place, layout, size)
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        System.dealloc(place, layout)
    }
}

#[global_allocator]
static COUNTER: Counter = Counter;
