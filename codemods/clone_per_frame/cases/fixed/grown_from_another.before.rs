// level: safe
//! What is appended to something else can be lent: another field, another local.

pub struct Pair {
    text: String,
    name: String,
    rows: Vec<u8>,
    more: Vec<u8>,
}

impl Pair {
    pub async fn grow(&mut self, lines: &mut [String]) {
        for line in lines.iter_mut() {
            line.push_str(&self.name.clone());
            self.text.push_str(&self.name.clone());
            self.rows.append(&mut self.more.clone());
            join(&self.name.clone(), &mut self.text);
        }
    }
}

fn join(more: &str, text: &mut String) {
    text.push_str(more);
}
