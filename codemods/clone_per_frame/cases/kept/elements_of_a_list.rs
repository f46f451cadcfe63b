//! A list compares its elements with a reference to one of their own type.

pub async fn found(known: &[String], name: &str) -> bool {
    let found = known.contains(&"x".to_owned()) && known.binary_search(&"x".to_owned()).is_ok();
    found && known.contains(&name.to_owned())
}
