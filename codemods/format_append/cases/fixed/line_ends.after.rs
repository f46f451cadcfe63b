use std::fmt::Write as _;

pub async fn header(name: &str, value: u32) -> String {
    let mut out = String::with_capacity(64);
    writeln!(out, "{name}: {value}").unwrap();
    writeln!(out, "{}", name).unwrap();
    write!(out, "{name}: {value}\r\n").unwrap();
    write!(out, "{name}\n{value}\n").unwrap();
    write!(out, r"{name}\n").unwrap();
    write!(out, "{value}{name}\\n").unwrap();
    out
}
