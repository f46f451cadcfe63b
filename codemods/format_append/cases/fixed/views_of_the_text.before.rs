// level: safe

use std::fmt::Write as _;

pub fn lines(names: &[&str], text: String) -> String {
    let mut s = String::new();
    for name in names {
        s.push_str(&*format!("{name}:{}", names.len()));
        s.push_str(&format!("{name}:{}", names.len())[..]);
        s += &*format!("{name}:{}", names.len());
        s.push_str(format!("{name}:{}", names.len()).as_str());
        s.push_str(&*format!("{}", { let s = "inner"; s }));
        s.push_str(&format!("{}", text));
    }
    s
}
