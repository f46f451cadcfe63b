pub async fn header(name: &str, value: u32) -> String {
    let mut out = String::with_capacity(64);
    out.push_str(&format!("{name}: {value}\n"));
    out.push_str(&format!("{}\n", name));
    out.push_str(&format!("{name}: {value}\r\n"));
    out.push_str(&format!("{name}\n{value}\n"));
    out.push_str(&format!(r"{name}\n"));
    out.push_str(&format!("{value}{name}\\n"));
    out
}
