// reason: in code that this configuration is not known to compile
//! Functions that other configurations call as well, by a call that nothing here compiles, or that are
//! others there.

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
        sum += measured(name.clone()) + here(name.clone());
    }
    sum
}
