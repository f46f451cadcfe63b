// level: safe
//! Copies of values that a call has just made, and that nobody else has.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub struct Host {
    name: String,
    dir: PathBuf,
}

impl Host {
    fn name(&self) -> &str {
        &self.name
    }

    fn dir(&self) -> &Path {
        &self.dir
    }

    fn label(&self) -> String {
        format!("{}!", self.name)
    }
}

fn size_of(text: &str) -> usize {
    text.len()
}

fn depth_of(path: &Path) -> usize {
    path.components().count()
}

pub async fn kept(parts: &[&str], host: &Host) -> (String, PathBuf, OsString, Vec<u8>, String) {
    let joined = parts.join(" ");
    let path = host.dir.join("log");
    let name = OsString::from("x");
    let bytes = [&b"a"[..], b"b"].concat();
    (joined, path, name, bytes, format!("{}:{}", host.name, 1))
}

pub async fn given(host: &Host) -> Vec<String> {
    vec![host.label(), String::from("x"), host.name().trim().to_lowercase()]
}

pub async fn lent(host: &Host) -> usize {
    size_of(&host.label()) + size_of(host.name()) + depth_of(host.dir())
}
