// level: safe

pub fn page(rows: &[(String, u32)]) -> String {
    let mut out = String::new();
    for (name, count) in rows {
        out.push_str(&format!("{}={count};", name));
        out.push_str(format!("{{{:>5}}}", count).as_str());
    }
    out
}
