// level: safe
//! Texts and lists made from ones that are there, in order to be read.

use std::collections::{BTreeSet, HashSet};

pub async fn widths(names: &[String], parts: &[&str], chunks: &[Vec<u8>]) -> usize {
    let mut total = 0;
    for name in names {
        total += width(name);
        println!("{}", name.as_str());
        total += name.len();
    }
    for part in parts {
        let text = *part;
        if text == "localhost" {
            total += width(text);
        }
    }
    for chunk in chunks {
        let copy = chunk;
        total += copy.len();
    }
    total
}

pub struct Group {
    names: Vec<String>,
    ids: HashSet<u32>,
}

pub async fn gathered(groups: &[Group]) -> usize {
    let mut names = BTreeSet::new();
    let mut ids = Vec::new();
    for group in groups {
        names.extend(group.names.iter().cloned());
        ids.extend(group.ids.iter().copied());
    }
    names.len() + ids.len()
}

fn width(name: &str) -> usize {
    name.chars().count()
}
