// level: safe

pub async fn numbers(all: &[u64], first: i8) -> String {
    let mut out = String::new();
    out.push_str(&first.to_string());
    for one in all {
        out.push_str(&one.to_string());
        out.push_str(&(*one + 1).to_string());
    }
    out
}
