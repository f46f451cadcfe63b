// reason: `all` comes and goes by value: `mut all`, `write!` into it, then `all` do the same

pub fn joined(names: &[&str]) -> String {
    names.iter().fold(String::new(), |all, name| all + &format!("{name}.{}", name.len()))
}
