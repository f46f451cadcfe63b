// reason: `to_string` of `first` may be another trait's here than std's

/// Takes `self` as it is: that is found before what takes `&self`.
pub trait Quoted {
    fn to_string(self) -> String;
}

impl Quoted for u64 {
    fn to_string(self) -> String {
        std::format!("'{self}'")
    }
}

pub async fn numbers(all: &[u64], first: u64) -> Vec<String> {
    let mut found = vec![format!("{}", first)];
    let mut text = String::new();
    for one in all {
        found.push(format!("{}", one + 1));
        text.push_str(&format!("{}", one * 2));
    }
    found.push(text);
    found
}
