//! `from` that makes no copy, or one that somebody takes.

use std::collections::HashMap;

pub async fn made(
    boxes: Vec<Box<str>>,
    owned: Vec<String>,
    letters: &[char],
    names: &[&str],
) -> HashMap<String, usize> {
    let mut found = HashMap::new();
    for text in boxes {
        let text = String::from(text);
        found.insert(text, 1);
    }
    for text in owned {
        let text = String::from(text);
        println!("{text}");
    }
    for letter in letters {
        let text = String::from(*letter);
        println!("{text}");
    }
    for name in names {
        let name = String::from(*name);
        found.insert(name, 2);
        let fixed = String::from("fixed");
        println!("{fixed}");
    }
    found
}

pub async fn doubled(mut lists: Vec<Vec<u32>>) -> usize {
    let mut total = 0;
    for list in &mut lists {
        let first: u32 = list.iter().sum();
        let bytes = Vec::from([first]);
        total += bytes.len();
    }
    total
}
