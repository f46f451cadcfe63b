// level: safe
//! A `&str` would not do: the list is asked for a `String`.

pub fn count(names: &[String], wanted: &[String]) -> usize {
    let mut found = 0;
    for name in names {
        if known(name.clone(), wanted) {
            found += 1;
        }
    }
    found
}

fn known(name: String, wanted: &[String]) -> bool {
    wanted.contains(&name)
}
