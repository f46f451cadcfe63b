// level: safe

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

pub struct Item {
    name: String,
    price: u32,
}

pub fn report(out: &mut String, items: &[Item], times: &BTreeMap<String, Duration>, f: &[f64]) {
    for item in items {
        out.push_str(&format!("{}: {}, ", item.name.trim(), item.price));
        out.push_str(&format!("{}; ", items.iter().map(|i| i.price).sum::<u32>()));
        out.push_str(&format!("{:?} {:?} {:?}\n", times, f, Some(std::path::Path::new("a"))));
    }
}
