// reason: is called `size` by the `use` at line 14
//! A function that a `use` gives another name elsewhere.

mod names {
    pub fn length(name: String) -> usize {
        name.len()
    }
}

mod elsewhere {
    //! ```
    //! crate::names::length(String::new());
    //! ```
    use super::names::length as size;

    pub fn twice(name: &str) -> usize {
        size(name.to_uppercase()) + size(name.to_lowercase())
    }
}

pub async fn run(names: &[String]) -> usize {
    let mut sum = 0;
    for name in names {
        sum += names::length(name.clone());
        sum += elsewhere::twice(name);
    }
    sum
}
