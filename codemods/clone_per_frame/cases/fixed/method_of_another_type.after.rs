// level: safe
//! A trait of the workspace has a method of the name, and gives it to other types alone. What rustc
//! tells of a function shows that its parameter is a text, whatever it is given.

use chrono::{NaiveDate, ParseResult};

pub struct Heap(Vec<u8>);

pub trait Stack {
    fn len(&self) -> usize;
}

impl Stack for Heap {
    fn len(&self) -> usize {
        self.0.len()
    }
}

impl<T> Stack for Option<T> {
    fn len(&self) -> usize {
        usize::from(self.is_some())
    }
}

pub async fn width(name: &str) -> usize {
    name.len()
}

pub async fn parsed(text: &str) -> ParseResult<NaiveDate> {
    NaiveDate::parse_from_str(text, "%F")
}
