//! A macro counts where it can be called by its name.

pub fn tagged(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{name}{}", names.len()));
    }
    out
}

pub mod quiet {
    macro_rules! format {
        ($($all:tt)*) => {
            std::format!("<{}>", std::format!($($all)*))
        };
    }
    macro_rules! write {
        ($to:expr, $text:expr) => {
            $to.push_str($text)
        };
    }

    pub fn tagged(name: &str) -> String {
        let mut out = String::new();
        write!(out, &format!("{name}"));
        out
    }
}

pub fn late(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{name}.{}", names.len()));
    }
    macro_rules! write {
        ($to:expr) => {
            $to.push('.')
        };
    }
    write!(out);
    out
}
