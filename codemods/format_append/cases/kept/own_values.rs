//! A type of the module's own makes its text as its `Display` says, and may have a `to_string` besides.

use std::fmt;

pub struct Id(u64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl Id {
    pub fn to_string(&self) -> &'static str {
        "id"
    }
}

pub async fn shown<T: fmt::Display>(ids: &[Id], others: &[T]) -> Vec<String> {
    let mut all: Vec<String> = ids.iter().map(|id| format!("{}", id)).collect();
    all.extend(others.iter().map(|other| format!("{other}")));
    all
}
