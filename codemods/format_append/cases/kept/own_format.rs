//! This module's `format!` is not std's.

macro_rules! format {
    ($($all:tt)*) => {
        std::format!("<{}>", std::format!($($all)*))
    };
}

pub async fn tagged(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{name}{}", names.len()));
    }
    out
}
