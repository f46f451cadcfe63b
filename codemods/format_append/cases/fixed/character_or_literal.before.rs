// level: safe

pub fn spell(text: &str, ends: &[char]) -> String {
    let mut out = String::new();
    for c in text.chars() {
        out.push_str(&format!("{}", c));
        out.push_str(&format!("{{}}\n"));
        out.push_str(&format!(r#"{{"quoted"}}"#));
    }
    for end in ends {
        out.push_str(&format!("{end}"));
    }
    out
}
