use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use tokio::fs;

use crate::registry::FileMeta;

/// The list of all files, one a line, as it is on disk.
pub struct Manifest {
    path: PathBuf,
    lines: BTreeMap<String, String>,
}

impl Manifest {
    /// Reads the manifest of `root` and what it lists; without one there are no files.
    pub async fn load(root: &Path) -> io::Result<(Self, Vec<FileMeta>)> {
        let path = root.join("manifest");
        let text = match fs::read_to_string(&path).await {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let files: Vec<FileMeta> = text.lines().filter_map(parse_line).collect();
        let lines = files
            .iter()
            .map(|meta| (meta.name.clone(), format_line(meta)))
            .collect();
        Ok((Manifest { path, lines }, files))
    }

    pub async fn insert(&mut self, meta: &FileMeta) -> io::Result<()> {
        let line = format_line(meta);
        let previous = self.lines.insert(meta.name.clone(), line);
        let saved = self.save().await;
        if saved.is_err() {
            match previous {
                Some(line) => self.lines.insert(meta.name.clone(), line),
                None => self.lines.remove(&meta.name),
            };
        }
        saved
    }

    pub async fn remove(&mut self, name: &str) -> io::Result<()> {
        self.lines.remove(name);
        self.save().await
    }

    /// A crash leaves the old list or the new one, never half of one.
    async fn save(&self) -> io::Result<()> {
        let fresh = self.path.with_extension("new");
        let mut text = String::new();
        for line in self.lines.values() {
            text.push_str(line);
            text.push('\n');
        }
        fs::write(&fresh, text).await?;
        fs::rename(&fresh, &self.path).await
    }
}

fn format_line(meta: &FileMeta) -> String {
    let mut line = format!(
        "{}\t{}\t{}\t{:08x}\t{}\t{}\t",
        meta.name,
        meta.owner,
        meta.bytes,
        meta.crc,
        meta.kind,
        meta.path.display()
    );
    for tag in meta.tags.clone() {
        line.push_str(&tag);
        line.push(',');
    }
    line
}

fn parse_line(line: &str) -> Option<FileMeta> {
    let mut fields = line.split('\t');
    Some(FileMeta {
        name: fields.next()?.to_owned(),
        owner: fields.next()?.to_owned(),
        bytes: fields.next()?.parse().ok()?,
        crc: u32::from_str_radix(fields.next()?, 16).ok()?,
        kind: fields.next()?.to_owned(),
        path: PathBuf::from(fields.next()?),
        tags: fields
            .next()?
            .split(',')
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_back() {
        let mut meta = FileMeta {
            name: "notes.txt".to_owned(),
            owner: "ann".to_owned(),
            path: PathBuf::from("/data/blobs/1f-2"),
            bytes: 12,
            crc: 0xab,
            kind: "text".to_owned(),
            tags: vec!["red".to_owned(), "blue".to_owned()],
        };
        assert_eq!(parse_line(&format_line(&meta)), Some(meta.clone()));
        meta.tags.clear();
        assert_eq!(parse_line(&format_line(&meta)), Some(meta));
        assert_eq!(parse_line("notes.txt\tann"), None);
    }
}
