// reason: the same expression borrows `line`
//! A text or a list that is appended to itself: nothing of it can be lent while it grows.

pub struct Doubled {
    text: String,
    rows: Vec<u8>,
}

impl Doubled {
    pub async fn grow(&mut self, lines: &mut [String]) {
        for line in lines.iter_mut() {
            line.push_str(&line.clone());
            self.text.push_str(&self.text.clone());
            self.rows.extend_from_slice(&self.rows.clone());
            self.rows.extend(self.rows.clone());
            self.rows.append(&mut self.rows.clone());
            join(&self.text.clone(), &mut self.text);
        }
    }
}

fn join(more: &str, text: &mut String) {
    text.push_str(more);
}
