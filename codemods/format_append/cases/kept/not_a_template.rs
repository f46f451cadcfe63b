//! A macro of another crate's, and one that is called alike.

macro_rules! reformat {
    ($text:expr, $value:expr) => {
        concat!($text, stringify!($value))
    };
}

pub async fn names(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&reformat!("{}", name));
        out.push_str(&anyhow::anyhow!("{name}{}", names.len()).to_string());
    }
    out
}
