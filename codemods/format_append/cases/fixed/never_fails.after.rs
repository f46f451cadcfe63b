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
        write!(out, "{}: {}, ", item.name.trim(), item.price).unwrap();
        write!(out, "{}; ", items.iter().map(|i| i.price).sum::<u32>()).unwrap();
        writeln!(out, "{:?} {:?} {:?}", times, f, Some(std::path::Path::new("a"))).unwrap();
    }
}
