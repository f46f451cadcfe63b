// level: safe

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

pub fn owned(names: &[&str], numbers: &[&&u64]) -> Vec<String> {
    let mut all: Vec<String> = names.iter().map(|name| format!("{}", name)).collect();
    all.extend(numbers.iter().map(|number| format!("{number}")));
    all.extend(names.iter().enumerate().map(|(_, name)| format!("{}", &&name)));
    all
}

pub async fn pointed(
    boxed: &[Box<&str>],
    shared: Arc<str>,
    either: &Cow<'_, str>,
    text: &Mutex<String>,
    flag: Box<bool>,
) -> Vec<String> {
    let mut all: Vec<String> = boxed.iter().map(|one| format!("{}", one)).collect();
    all.push(format!("{shared}"));
    all.push(format!("{}", either));
    all.push(format!("{}", flag));
    let held = text.lock().unwrap();
    all.push(format!("{held}"));
    all
}

pub async fn appended(names: &[&str], numbers: &[Box<u64>], boxed: Box<&str>) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{}", &&name));
    }
    for number in numbers {
        out.push_str(&format!("{}", number));
        out.push_str(&format!("{}", &number));
    }
    out.push_str(&format!("{boxed}"));
    out
}
