// level: review
//! A function of another module that only reads a struct of plain data.

use std::collections::HashMap;

mod meta {
    use std::path::PathBuf;

    #[derive(Clone, Debug)]
    pub struct Meta {
        pub name: String,
        pub path: PathBuf,
        pub kind: Kind,
        pub tags: Vec<String>,
    }

    #[derive(Clone, Debug)]
    pub enum Kind {
        Text,
        Image(u32, u32),
        Other(String),
    }

    pub(super) fn describe(meta: Meta, bytes: u64) -> String {
        format!(
            "{}\t{bytes}\t{:?}\t{}\t{}",
            meta.name,
            meta.kind,
            meta.path.display(),
            meta.tags.join(",")
        )
    }
}

pub async fn list(files: HashMap<u64, meta::Meta>) -> String {
    let mut text = String::new();
    for (bytes, file) in &files {
        text += &meta::describe(file.clone(), *bytes);
        text.push('\n');
    }
    for (bytes, file) in files {
        text += &meta::describe(file, bytes);
    }
    text
}
