// reason: of `out` may be another trait's here than std's

use std::fmt;

pub trait Copied: Sized {
    fn push_str(self, text: &str) -> Self;
    fn write_fmt(&self, text: fmt::Arguments<'_>) -> fmt::Result;
}

impl Copied for String {
    fn push_str(self, text: &str) -> String {
        self + text
    }

    fn write_fmt(&self, text: fmt::Arguments<'_>) -> fmt::Result {
        println!("{self}{text}");
        Ok(())
    }
}

pub async fn listed(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out += &format!("{}", name);
        out += &format!("{name}{}", names.len());
    }
    out
}
