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
    let joined = parts.join(" ").to_string();
    let path = host.dir.join("log").to_owned();
    let name = OsString::from("x").to_owned();
    let bytes = [&b"a"[..], b"b"].concat().to_vec();
    (joined, path, name, bytes, format!("{}:{}", host.name, 1).to_string())
}

pub async fn given(host: &Host) -> Vec<String> {
    vec![host.label().clone(), String::from("x").to_string(), host.name().trim().to_lowercase().to_owned()]
}

pub async fn lent(host: &Host) -> usize {
    size_of(&host.label().to_string()) + size_of(&host.name().to_string()) + depth_of(&host.dir().to_owned())
}
