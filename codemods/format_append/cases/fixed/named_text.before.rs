// level: safe

pub struct Page {
    text: String,
}

impl Page {
    pub fn rows(&mut self, names: &[(String, u32)], out: &mut String) {
        for (name, count) in names {
            let line = format!("{}: {}\n", name, count);
            out.push_str(&line);
            let all: String = format!("{name}{count}");
            self.text += &all;
            let shown = format!("{}", count);
            out.push_str(shown.as_str());
            let copy = &format!("{}", name);
            out.push_str(copy);
            {
                let line = format!(
                    "{}-{}",
                    names.len(), // how many
                    count,
                );
                self.text.push_str(&line);
            }
        }
    }
}
