// level: review

use std::fmt;
use std::fmt::Write as _;

pub struct Id(u64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

pub struct Page {
    body: String,
}

impl Page {
    pub fn add(&mut self, ids: &[Id]) {
        for id in ids {
            write!(self.body, "{id}").unwrap();
        }
    }
}

pub fn nested(out: &mut String, rows: &[Vec<Id>]) -> usize {
    rows.iter()
        .map(|row| {
            write!(out, "{}:", row[0]).unwrap();
            row.len()
        })
        .sum()
}
