#![deny(warnings)]

use prelude::*;

mod prelude {
    pub use self::inner::*;
    mod inner {
        pub use std::fmt::Write;
    }
}

pub fn listed(numbers: &[u32]) -> String {
    let mut out = String::new();
    for number in numbers {
        write!(out, "{number} of {}", numbers.len()).unwrap();
    }
    let _ = out.write_char('.');
    out
}

pub mod child {
    use super::*;

    pub fn listed(numbers: &[u32]) -> String {
        let mut out = super::listed(numbers);
        for number in numbers {
            write!(out, "{number}-{}", numbers.len()).unwrap();
        }
        let _ = out.write_char('.');
        out
    }
}
