// reason: `column!()` tells where it stands, which would be another place

pub fn places(names: &[&str]) -> String {
    let mut out = String::new();
    for _ in names {
        out.push_str(&format!("{}:{} ", line!(), column!()));
    }
    out
}
