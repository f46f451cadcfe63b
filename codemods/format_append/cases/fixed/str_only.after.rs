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
        out.push_str(&one.own);
        out.push_str(&one.shared);
        out.push_str(lent);
        out.push_str(&either);
        out.push_str(&one.own[1..]);
        out.push_str(one.own.trim());
    }
    for name in [&lent] {
        out.push_str(name);
    }
    out
}
