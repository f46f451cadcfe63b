//! Methods that change or consume their receiver work on the copy, not on the original.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;

use bytes::{Buf, Bytes};

#[derive(Clone, Default)]
pub struct Options {
    flags: Vec<&'static str>,
}

impl Options {
    pub fn with(&mut self, flag: &'static str) -> &mut Self {
        self.flags.push(flag);
        self
    }

    pub fn count(&self) -> usize {
        self.flags.len()
    }
}

pub trait Tally {
    fn count(&self) -> usize;
    fn next(&self) -> usize;
}

pub async fn words(text: &str) -> usize {
    let mut words = text.split(' ');
    let count = words.clone().count();
    let first = words.clone().next().map_or(0, str::len);
    words.next();
    count + first + words.map(str::len).sum::<usize>()
}

pub async fn run(mut base: Options, mut frame: Bytes, hasher: &mut DefaultHasher) -> (usize, u64) {
    let verbose = base.clone().with("verbose").count();
    let length = frame.clone().get_u32();
    let rest = frame.clone().split_to(length as usize);
    hasher.write(&rest);
    frame.advance(4);
    base.with("last");
    (
        verbose + base.count(),
        hasher.clone().finish() + frame.len() as u64,
    )
}
