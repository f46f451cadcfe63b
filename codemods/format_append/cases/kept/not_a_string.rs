//! A `push_str` of the module's own.

pub struct Pieces(Vec<String>);

impl Pieces {
    pub fn push_str(&mut self, piece: &str) {
        self.0.push(piece.to_owned());
    }
}

pub async fn split(all: &mut Pieces, names: &[&str]) {
    for name in names {
        all.push_str(&format!("{name}{}", names.len()));
    }
}
