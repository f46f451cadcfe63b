// level: safe

use std::fmt::Write as _;

pub struct Page {
    text: String,
}

impl Page {
    pub fn rows(&mut self, names: &[(String, u32)], out: &mut String) {
        for (name, count) in names {
            writeln!(out, "{}: {}", name, count).unwrap();
            write!(self.text, "{name}{count}").unwrap();
            out.push_str(&count.to_string());
            out.push_str(name);
            {
                write!(
                    self.text,
                    "{}-{}",
                    names.len(), // how many
                    count,
                )
                .unwrap();
            }
        }
    }
}
