// level: review
//! A macro that may read its argument as it is written: a person looks.

macro_rules! named {
    ($value:expr) => {
        (stringify!($value), $value)
    };
}

pub async fn pair(name: String) -> (&'static str, String) {
    named!(name)
}
