//! Functions that other configurations call as well, by a call that nothing here compiles, or that have
//! another name somewhere.

mod names {
    pub fn length(name: String) -> usize {
        name.len()
    }
}

mod elsewhere {
    use super::names::length as size;

    pub fn twice(name: &str) -> usize {
        size(name.to_uppercase()) + size(name.to_lowercase())
    }
}

fn measured(name: String) -> usize {
    name.len()
}

#[cfg(target_os = "none")]
pub fn of_any(name: &str) -> usize {
    measured(Default::default()) + measured(name.parse().unwrap())
}

#[cfg(not(target_os = "none"))]
fn here(name: String) -> usize {
    name.len()
}

#[cfg(target_os = "none")]
fn here(name: String) -> usize {
    name.into_bytes().len()
}

pub async fn run(names: &[String]) -> usize {
    let mut sum = 0;
    for name in names {
        sum += names::length(name.clone()) + measured(name.clone()) + here(name.clone());
        sum += elsewhere::twice(name);
    }
    sum
}
