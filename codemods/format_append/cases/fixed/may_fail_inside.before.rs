// level: review

use std::fmt::{self, Write as _};
use std::io::{BufWriter, IntoInnerError};

pub struct Id(u64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Its `Drop` may panic.
pub struct Named {
    name: String,
}

impl Drop for Named {
    fn drop(&mut self) {
        assert!(!self.name.is_empty());
    }
}

fn named(id: &Id) -> Named {
    Named { name: id.0.to_string() }
}

/// An error of std's may have one of somebody else's inside.
pub fn errors(out: &mut String, all: &[IntoInnerError<BufWriter<Vec<u8>>>], io: &[std::io::Error]) {
    for (one, other) in all.iter().zip(io) {
        out.push_str(&format!("{one}; "));
        out.push_str(&format!("{other}; "));
    }
}

/// Wrappers show what they hold.
pub fn wrapped(out: &mut String, all: &[Box<Id>]) {
    for id in all {
        out.push_str(&format!("{id};"));
    }
}

/// What is made in passing is dropped after the text is there.
pub fn dropped(out: &mut String, all: &[Id]) {
    for id in all {
        out.push_str(&format!("{}", named(id).name));
        out.push_str(&format!("{};", named(id).name));
    }
}
