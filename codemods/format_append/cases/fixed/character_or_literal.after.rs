// level: safe

pub fn spell(text: &str, ends: &[char]) -> String {
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        out.push_str("{}\n");
        out.push_str(r#"{"quoted"}"#);
    }
    for end in ends {
        out.push(*end);
    }
    out
}
