// level: safe

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

pub fn owned(names: &[&str], numbers: &[&&u64]) -> Vec<String> {
    let mut all: Vec<String> = names.iter().map(|name| (*name).to_string()).collect();
    all.extend(numbers.iter().map(|number| (**number).to_string()));
    all.extend(names.iter().enumerate().map(|(_, name)| (*name).to_string()));
    all
}

pub async fn pointed(
    boxed: &[Box<&str>],
    shared: Arc<str>,
    either: &Cow<'_, str>,
    text: &Mutex<String>,
    flag: Box<bool>,
) -> Vec<String> {
    let mut all: Vec<String> = boxed.iter().map(|one| (**one).to_string()).collect();
    all.push((*shared).to_string());
    all.push(either.to_string());
    all.push((*flag).to_string());
    let held = text.lock().unwrap();
    all.push((*held).to_string());
    all
}

pub async fn appended(names: &[&str], numbers: &[Box<u64>], boxed: Box<&str>) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&&name);
    }
    for number in numbers {
        out.push_str(&(**number).to_string());
        out.push_str(&(**number).to_string());
    }
    out.push_str(&boxed);
    out
}
