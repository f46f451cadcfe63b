use std::fmt::Write as _;

pub struct Page {
    body: String,
    title: Box<String>,
    lines: usize,
}

impl Page {
    pub async fn add(&mut self, name: &str, sizes: &[u32]) {
        write!(self.body, "{name}: {:?}", sizes).unwrap();
        write!(self.title, "{} {}", name, self.lines).unwrap();
        self.body.push_str(&self.title);
        write!(self.last(), "{name:?}").unwrap();
    }

    fn last(&mut self) -> &mut String {
        &mut self.body
    }
}
