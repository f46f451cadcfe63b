// level: safe
//! A call under a `cfg` that holds here is compiled, and changes along.

fn measured(name: String) -> usize {
    name.len()
}

#[cfg(not(target_os = "none"))]
pub fn of_any(name: &str) -> usize {
    measured(name.to_uppercase())
}

pub async fn run(names: &[String]) -> usize {
    let mut sum = 0;
    for name in names {
        sum += measured(name.clone());
    }
    sum
}

#[cfg(test)]
mod tests {
    #[test]
    fn measures() {
        assert_eq!(super::measured(String::from("abc")), 3);
    }
}
