// level: safe

/// A reference is taken here, as std's takes one: rustc would complain of two.
pub trait Shown {
    fn to_string(&self) -> String;
    fn push_str(&mut self, text: &str);
}

pub struct Id(u64);

impl Shown for Id {
    fn to_string(&self) -> String {
        std::format!("#{}", self.0)
    }

    fn push_str(&mut self, text: &str) {
        self.0 += text.len() as u64;
    }
}

pub async fn numbers(all: &[u64], names: &[&str], mut id: Id) -> String {
    let mut text = String::new();
    for (one, name) in all.iter().zip(names) {
        text.push_str(&one.to_string());
        text.push_str(name);
        id.push_str(&format!("{}.", name));
    }
    text.push_str(&id.to_string());
    text
}
