// reason: `sort_of` is generic, and another impl may answer
//! Texts made for generic code, which a trait answers otherwise for `str` than for `String`.

pub trait Sort {
    fn sort(&self) -> u8;
}

impl Sort for str {
    fn sort(&self) -> u8 {
        1
    }
}

impl Sort for String {
    fn sort(&self) -> u8 {
        2
    }
}

fn sort_of<T: Sort + ?Sized>(value: &T) -> u8 {
    value.sort()
}

pub struct Host {
    name: String,
}

impl Host {
    fn name(&self) -> &str {
        &self.name
    }
}

pub async fn sorts(host: &Host) -> u8 {
    sort_of(&"x".to_owned()) + sort_of(&host.name().to_string())
}
