// level: safe

use std::fmt::Write as _;

pub struct Page {
    body: String,
}

pub fn listed(names: &[&str], mut page: Page) -> String {
    let mut out = String::new();
    for name in names {
        write!(out, "{name}.{}", names.len()).unwrap();
        write!(out, "{name}-{}", names.len()).unwrap();
        page.body.push_str(name);
        write!(page.body, "{name:?}").unwrap();
        page.body.push_str(&names.len().to_string());
    }
    add(&mut out, names);
    out + &page.body
}

pub fn add(out: &mut String, names: &[&str]) {
    for name in names {
        write!(out, "{name}{}", names.len()).unwrap();
    }
}
