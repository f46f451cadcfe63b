use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};

struct Shards {
    bytes: [AtomicU64; 2],
    largest: AtomicU64,
    seen: AtomicU64,
    at: usize,
}

struct Cursor {
    at: Cell<usize>,
}

impl Cursor {
    fn next(&self) -> usize {
        let at = self.at.get();
        self.at.set(at + 1);
        at
    }
}

fn take(input: &mut &[u8]) -> u8 {
    let (first, rest) = input.split_first().unwrap();
    *input = rest;
    *first
}

impl Shards {
    fn feed(&self, mut input: &[u8]) {
        while !input.is_empty() {
            let value = take(&mut input) as u64;
            self.bytes[take(&mut input) as usize % 2].fetch_add(value, Ordering::Relaxed);
        }
    }

    fn given(&self, at: usize) -> &Self {
        println!("given {at}");
        self
    }

    fn asked(&self, value: u64) -> u64 {
        println!("asked for {value}");
        value
    }

    fn keep(&self, value: u64) {
        let new_value = self.asked(value);
        self.given(1).largest.store(new_value, Ordering::SeqCst);
    }

    fn count(&self, cursor: &Cursor, mut i: usize) {
        let value = cursor.next() as u64;
        self.bytes[cursor.next() % 2].fetch_add(value, Ordering::Relaxed);
        let value = {
            i += 1;
            i as u64
        };
        self.bytes[i].fetch_sub(value, Ordering::Relaxed);
        self.given(2).seen.fetch_add(1, Ordering::Relaxed);
        self.seen.fetch_add(self.asked(3), Ordering::Relaxed);
        let value = self.asked(4);
        self.bytes[self.at].fetch_add(value, Ordering::Relaxed);
    }

    fn beyond(&self) {
        let value = self.asked(6);
        self.bytes[self.at + 8].fetch_add(value, Ordering::Relaxed);
    }

    fn each_total(&self) -> [u64; 4] {
        let first = self.bytes[0].load(Ordering::Relaxed);
        let second = self.bytes[1].load(Ordering::Relaxed);
        let largest = self.largest.load(Ordering::SeqCst);
        let seen = self.seen.load(Ordering::Relaxed);
        [first, second, largest, seen]
    }
}

fn main() {
    let shards = Shards {
        bytes: [AtomicU64::new(0), AtomicU64::new(9)],
        largest: AtomicU64::new(0),
        seen: AtomicU64::new(0),
        at: 1,
    };
    shards.feed(&[1, 4, 7, 2]);
    shards.keep(5);
    shards.count(&Cursor { at: Cell::new(1) }, 0);
    let beyond = std::panic::catch_unwind(AssertUnwindSafe(|| shards.beyond()));
    println!("{} {:?}", beyond.is_err(), shards.each_total());
}
