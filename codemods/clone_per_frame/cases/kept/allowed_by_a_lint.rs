//! Places of which clippy was told that the copy is meant.

pub async fn measure(names: Vec<String>) -> usize {
    let mut total = 0;
    for name in &names {
        #[allow(clippy::redundant_clone)]
        let copy = name.clone();
        total += copy.len();
    }
    total
}

#[expect(clippy::unnecessary_to_owned)]
pub async fn widest(names: &[String]) -> usize {
    let mut most = 0;
    for name in names {
        most = most.max(width(&name.to_owned()));
    }
    most
}

mod inner {
    #![allow(clippy::redundant_clone, clippy::too_many_lines)]

    pub async fn lengths(names: &[String]) -> usize {
        let mut most = 0;
        for name in names {
            most += name.clone().len();
        }
        most
    }
}

fn width(name: &str) -> usize {
    name.len()
}

pub async fn both(names: &[String]) -> usize {
    inner::lengths(names).await
}
