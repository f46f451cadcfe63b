// level: review
//! Who calls it gets a borrowed one, and may tell.

use std::borrow::Cow;

pub async fn spaced<'a>(text: &'a str) -> Cow<'a, str> {
    if text.contains('_') {
        Cow::Owned(text.replace('_', " "))
    } else {
        Cow::Owned(text.to_string())
    }
}
