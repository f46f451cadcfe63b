pub enum Part {
    Text(String),
    Pair(u8, u8),
    End,
}

pub fn render(parts: &[Part], out: &mut String) {
    parts.iter().for_each(|part| match part {
        Part::Text(text) => out.push_str(&format!("<{text}>")),
        Part::Pair(a, b) => *out += &format!("{a}/{b}"),
        Part::End => {}
    });
    for part in parts {
        if let Part::Text(text) = part {
            out.push_str(&format!("[{text:?}]"))
        }
    }
}
