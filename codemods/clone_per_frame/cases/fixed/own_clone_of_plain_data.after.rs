// level: review
//! A type with a `Clone` of its own that holds plain data alone: nothing changes it behind a reference.

pub struct Counted {
    pub name: String,
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Counted {
            name: self.name.clone(),
        }
    }
}

fn note(text: &str) {
    println!("{text}");
}

pub fn length(x: &Counted, rounds: usize) -> usize {
    let mut length = 0;
    for _ in 0..rounds {
        let copy = x;
        note("between");
        length += copy.name.len();
    }
    length
}
