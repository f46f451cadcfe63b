//! Nothing says that this runs often.

pub fn usage(name: &str, options: usize) -> String {
    let mut out = String::new();
    out.push_str(&format!("usage: {name} [{options} options]"));
    out.push_str(&format!("{}", name));
    out
}
