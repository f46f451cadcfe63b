//! `+=` with a text means something of its own here.

use std::ops::AddAssign;

pub struct Pieces(Vec<String>);

impl AddAssign<&String> for Pieces {
    fn add_assign(&mut self, piece: &String) {
        self.0.push(piece.clone());
    }
}

pub async fn split(mut all: Pieces, names: &[&str]) -> Pieces {
    for name in names {
        all += &format!("{name}{}", names.len());
    }
    all
}
