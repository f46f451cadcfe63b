// level: safe
//! An axum handler that copies a name for a check that only looks at it.

use axum::extract::Path;
use axum::http::StatusCode;

pub async fn put(Path(name): Path<String>, body: String) -> (StatusCode, String) {
    if !is_plain(&name) || is_plain(&(body.clone() + "x")) {
        return (StatusCode::BAD_REQUEST, name);
    }
    (StatusCode::OK, format!("{name}: {} bytes", body.len()))
}

fn is_plain(name: &str) -> bool {
    let first = name.chars().next();
    first != Some('.')
        && (1..=128).contains(&name.len())
        && name != "CON"
        && prefix_of(name).is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn prefix_of(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_folder() {
        assert!(is_plain("notes"));
        assert!(!is_plain(".."), "parent");
        assert!(!is_plain(&"a".repeat(129)));
        for name in ["a/b", "a b"] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
