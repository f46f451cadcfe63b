// level: safe

use std::borrow::Cow;
use std::sync::Arc;

pub struct Names {
    own: String,
    shared: Arc<str>,
}

pub async fn join(names: &[Names], lent: &str, either: Cow<'_, str>) -> String {
    let mut out = String::new();
    for one in names {
        out.push_str(&format!("{}", one.own));
        out.push_str(&format!("{}", one.shared));
        out.push_str(&format!("{lent}"));
        out.push_str(&format!("{}", either));
        out.push_str(&format!("{0}", &one.own[1..]));
        out += &format!("{}", one.own.trim());
    }
    for name in [&lent] {
        out.push_str(&format!("{name}"));
    }
    out
}
