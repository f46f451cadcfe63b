// level: safe

pub mod own {
    pub mod std {}
}

pub fn lines(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{}:{}", name, names.len()));
    }
    out
}
