use std::fmt::Write as _;

pub enum Part {
    Text(String),
    Pair(u8, u8),
    End,
}

pub fn render(parts: &[Part], out: &mut String) {
    parts.iter().for_each(|part| match part {
        Part::Text(text) => write!(out, "<{text}>").unwrap(),
        Part::Pair(a, b) => write!(out, "{a}/{b}").unwrap(),
        Part::End => {}
    });
    for part in parts {
        if let Part::Text(text) = part {
            write!(out, "[{text:?}]").unwrap()
        }
    }
}
