//! A `Cow` whose owner is kept or changed; a method of another type.

use std::borrow::Cow;

pub struct Name {
    text: String,
}

impl Name {
    fn into_owned(self) -> String {
        self.text
    }
}

pub async fn kept(cow: Cow<'_, str>, names: &mut Vec<String>) -> String {
    names.push(Cow::from("x").into_owned());
    cow.into_owned()
}

pub async fn changed(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    text.push('!');
    text
}

pub async fn another(name: Name) -> usize {
    name.into_owned().len()
}
