// level: safe

use std::fmt::Write as _;

pub fn lines(names: &[&str], text: String) -> String {
    let mut s = String::new();
    for name in names {
        write!(s, "{name}:{}", names.len()).unwrap();
        write!(s, "{name}:{}", names.len()).unwrap();
        write!(s, "{name}:{}", names.len()).unwrap();
        write!(s, "{name}:{}", names.len()).unwrap();
        s.push_str({ let s = "inner"; s });
        s.push_str(&text);
    }
    s
}
