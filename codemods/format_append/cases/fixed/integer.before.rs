// level: safe

pub async fn numbers(all: &[u64], first: i8) -> String {
    let mut out = String::new();
    out.push_str(&format!("{}", first));
    for one in all {
        out.push_str(&format!("{one}"));
        out.push_str(&format!("{}", *one + 1));
    }
    out
}
