// level: safe
//! Copies of paths, names of the system's and texts that are only looked at, also by what takes anything
//! that derefs to one.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::ops::Deref;
use std::path::{Path, PathBuf};

fn path_of(path: &Path) -> usize {
    path.as_os_str().len()
}

fn name_of(name: &OsStr) -> usize {
    name.len()
}

fn c_name_of(name: &CStr) -> usize {
    name.to_bytes().len()
}

fn text_of<T: Deref<Target = str>>(text: T) -> usize {
    text.len()
}

fn bytes_of(bytes: impl Deref<Target = [u8]> + Send) -> usize {
    bytes.len()
}

pub async fn looked_at(path: &Path, name: &OsStr, c_name: &CStr, own: &PathBuf) -> usize {
    let mut total = path_of(&path.to_path_buf()) + path_of(&own.to_path_buf());
    total += name_of(&name.to_os_string()) + name_of(&name.to_owned());
    total += c_name_of(&c_name.to_owned());
    total
}

pub async fn derefs(text: &str, own: String, lent: &String, bytes: &[u8], list: Vec<u8>) -> usize {
    let mut total = text_of(text.to_owned()) + text_of(own.clone()) + text_of(lent.clone());
    total += bytes_of(bytes.to_vec()) + bytes_of(list.clone());
    total + own.len() + lent.len() + list.len()
}

pub async fn not_used_again(name: OsString, c_name: CString, path: PathBuf) -> (OsString, CString, PathBuf) {
    (name.to_os_string(), c_name.clone(), path.to_path_buf())
}
