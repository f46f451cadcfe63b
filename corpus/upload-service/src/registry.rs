//! What is known about files and about the requests that bring them.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;

use crate::UploadError;

static LAST_TICKET: Mutex<u64> = Mutex::new(0);

/// A number that no other request of this process has.
pub fn next_ticket() -> u64 {
    let mut last = LAST_TICKET.lock().unwrap();
    *last += 1;
    *last
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMeta {
    pub name: String,
    pub owner: String,
    pub path: PathBuf,
    pub bytes: u64,
    pub crc: u32,
    pub kind: String,
    pub tags: Vec<String>,
}

#[derive(Debug)]
pub struct Request {
    pub owner: String,
    pub name: String,
}

#[derive(Debug, Default)]
pub struct Registry {
    files: HashMap<String, FileMeta>,
    requests: HashMap<u64, Request>,
}

impl Registry {
    pub fn with_files(files: impl IntoIterator<Item = FileMeta>) -> Self {
        let files = files.into_iter().map(|meta| (meta.name.clone(), meta));
        Registry {
            files: files.collect(),
            requests: HashMap::new(),
        }
    }

    pub fn open(&mut self, ticket: u64, owner: String, name: String) {
        let request = Request {
            owner: owner.to_string(),
            name: name.to_owned(),
        };
        self.requests.insert(ticket, request);
    }

    /// The request is over and brought nothing.
    pub fn abandon(&mut self, ticket: u64) -> Option<Request> {
        self.requests.remove(&ticket)
    }

    /// The request is over and brought `meta`; returns what stood under that name before.
    pub fn close(&mut self, ticket: u64, meta: FileMeta) -> Option<FileMeta> {
        self.requests.remove(&ticket);
        self.files.insert(meta.name.clone(), meta)
    }

    pub fn find(&self, name: &str) -> Option<&FileMeta> {
        self.files.get(name)
    }

    pub fn path_of(&self, name: &str) -> Result<PathBuf, UploadError> {
        let meta = self.find(name).ok_or(UploadError::NotFound)?;
        Ok(meta.path.clone())
    }

    pub fn remove(&mut self, name: &str) -> Option<FileMeta> {
        self.files.remove(name)
    }

    pub fn files(&self) -> impl Iterator<Item = &FileMeta> {
        self.files.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::thread;

    fn meta(name: &str, bytes: u64) -> FileMeta {
        FileMeta {
            name: name.to_owned(),
            owner: "ann".to_owned(),
            path: PathBuf::from(name),
            bytes,
            crc: 0,
            kind: "text".to_owned(),
            tags: Vec::new(),
        }
    }

    #[test]
    fn tickets_are_never_handed_out_twice() {
        let threads: Vec<_> = (0..8)
            .map(|_| thread::spawn(|| (0..100).map(|_| next_ticket()).collect::<Vec<_>>()))
            .collect();
        let mut seen = HashSet::new();
        for thread in threads {
            for ticket in thread.join().unwrap() {
                assert!(ticket > 0);
                assert!(seen.insert(ticket));
            }
        }
    }

    #[test]
    fn closing_replaces_and_returns_the_old_file() {
        let mut registry = Registry::with_files([meta("a", 1)]);
        registry.open(7, "ann".into(), "a".into());
        assert_eq!(registry.close(7, meta("a", 2)), Some(meta("a", 1)));
        assert!(registry.abandon(7).is_none());
        assert_eq!(registry.find("a").unwrap().bytes, 2);
    }

    #[test]
    fn an_abandoned_request_leaves_nothing() {
        let mut registry = Registry::default();
        registry.open(8, "ann".into(), "b".into());
        let request = registry.abandon(8).unwrap();
        assert_eq!(
            (request.owner.as_str(), request.name.as_str()),
            ("ann", "b")
        );
        assert!(matches!(registry.path_of("b"), Err(UploadError::NotFound)));
    }
}
