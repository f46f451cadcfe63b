// reason: `format!` may be another than std's here: a `macro_rules!` of that name stands in line 4

#[cfg(all())]
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
