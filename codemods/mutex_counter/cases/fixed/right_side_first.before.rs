use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;

struct Shards {
    bytes: [Mutex<u64>; 2],
    largest: Mutex<u64>,
    seen: Mutex<u64>,
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
            *self.bytes[take(&mut input) as usize % 2].lock().unwrap() += take(&mut input) as u64;
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
        *self.given(1).largest.lock().unwrap() = self.asked(value);
    }

    fn count(&self, cursor: &Cursor, mut i: usize) {
        *self.bytes[cursor.next() % 2].lock().unwrap() += cursor.next() as u64;
        *self.bytes[i].lock().unwrap() -= {
            i += 1;
            i as u64
        };
        *self.given(2).seen.lock().unwrap() += 1;
        *self.seen.lock().unwrap() += self.asked(3);
        *self.bytes[self.at].lock().unwrap() += self.asked(4);
    }

    fn beyond(&self) {
        *self.bytes[self.at + 8].lock().unwrap() += self.asked(6);
    }

    fn each_total(&self) -> [u64; 4] {
        let first = *self.bytes[0].lock().unwrap();
        let second = *self.bytes[1].lock().unwrap();
        let largest = *self.largest.lock().unwrap();
        let seen = *self.seen.lock().unwrap();
        [first, second, largest, seen]
    }
}

fn main() {
    let shards = Shards {
        bytes: [Mutex::new(0), Mutex::new(9)],
        largest: Mutex::new(0),
        seen: Mutex::new(0),
        at: 1,
    };
    shards.feed(&[1, 4, 7, 2]);
    shards.keep(5);
    shards.count(&Cursor { at: Cell::new(1) }, 0);
    let beyond = std::panic::catch_unwind(AssertUnwindSafe(|| shards.beyond()));
    println!("{} {:?}", beyond.is_err(), shards.each_total());
}
