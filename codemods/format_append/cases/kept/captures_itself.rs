//! The text is made of what it is appended to: `write!` would borrow it twice (E0502).

pub fn double(count: usize) -> String {
    let mut text = String::from("x");
    for i in 0..count {
        text.push_str(&format!("{text}{i}"));
        text.push_str(&format!("{}{i}", text));
        text += &format!("{}-{i}", text);
    }
    text
}
