pub struct Page {
    body: String,
    title: Box<String>,
    lines: usize,
}

impl Page {
    pub async fn add(&mut self, name: &str, sizes: &[u32]) {
        self.body.push_str(&format!("{name}: {:?}", sizes));
        self.title.push_str(&format!("{} {}", name, self.lines));
        self.body += &format!("{}", self.title);
        self.last().push_str(&format!("{name:?}"));
    }

    fn last(&mut self) -> &mut String {
        &mut self.body
    }
}
