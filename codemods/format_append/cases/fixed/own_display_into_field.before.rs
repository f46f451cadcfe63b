// level: review

use std::fmt;

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
            self.body.push_str(&format!("{id}"));
        }
    }
}

pub fn nested(out: &mut String, rows: &[Vec<Id>]) -> usize {
    rows.iter()
        .map(|row| {
            out.push_str(&format!("{}:", row[0]));
            row.len()
        })
        .sum()
}
