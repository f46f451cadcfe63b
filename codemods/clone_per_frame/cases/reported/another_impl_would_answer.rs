// reason: `put` is generic, and another impl may answer
//! The copy has another type than what it is made of, and code that is generic would see it.

use std::fmt::Debug;
use std::hash::Hash;

use bytes::Bytes;

pub trait Wire {
    fn wire(&self, out: &mut Vec<u8>);
    fn trim(&self) -> usize;
}

impl Wire for str {
    fn wire(&self, out: &mut Vec<u8>) {
        out.extend(self.bytes());
    }
    fn trim(&self) -> usize {
        1
    }
}

impl Wire for String {
    fn wire(&self, out: &mut Vec<u8>) {
        out.push(0);
        out.extend(self.bytes());
    }
    fn trim(&self) -> usize {
        2
    }
}

fn put<T: Wire + ?Sized>(t: &T, out: &mut Vec<u8>) {
    t.wire(out);
}

pub async fn text(name: &str, out: &mut Vec<u8>) {
    put(&name.to_string(), out);
}

pub async fn named(name: &str, out: &mut Vec<u8>) {
    let copy = name.to_string();
    put(&copy, out);
}

pub async fn method(name: &str) -> usize {
    name.to_string().trim()
}

fn seen<T: Debug + Hash>(t: T) -> String {
    format!("{t:?}")
}

pub async fn shown(frame: &Bytes) -> String {
    let list = frame.to_vec();
    format!("{list:?} {:?}", frame.to_vec())
}

pub async fn shown_by_another(frame: &Bytes) -> String {
    seen(frame.to_vec())
}
