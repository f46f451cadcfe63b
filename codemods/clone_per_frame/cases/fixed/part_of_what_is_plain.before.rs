//! A part of plain data that a call has just made: it lives as long as the reference, which nobody sees.

pub struct Config {
    pub name: String,
    pub tags: Vec<String>,
}

fn load() -> Config {
    Config {
        name: "name".into(),
        tags: vec!["tag".into()],
    }
}

pub fn length(rounds: usize) -> usize {
    let mut length = 0;
    for _ in 0..rounds {
        let name = load().name.clone();
        let tag = load().tags[0].clone();
        length += name.len() + tag.len() + load().tags.first().cloned().unwrap().len();
    }
    length
}
