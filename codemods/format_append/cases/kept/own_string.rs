//! A `String` of the module's own, that is called as std's is.

pub struct String(Vec<u8>);

impl String {
    pub fn push_str(&mut self, piece: &str) {
        self.0.extend(piece.bytes().rev());
    }
}

pub async fn split(all: &mut String, names: &[&str]) {
    for name in names {
        all.push_str(&format!("{name}{}", names.len()));
        String::push_str(all, &format!("{name}.{}", names.len()));
    }
}
