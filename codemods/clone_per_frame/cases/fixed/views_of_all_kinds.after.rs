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
    let mut total = path_of(path) + path_of(own);
    total += name_of(name) + name_of(name);
    total += c_name_of(c_name);
    total
}

pub async fn derefs(text: &str, own: String, lent: &String, bytes: &[u8], list: Vec<u8>) -> usize {
    let mut total = text_of(text) + text_of(&*own) + text_of(&**lent);
    total += bytes_of(bytes) + bytes_of(&*list);
    total + own.len() + lent.len() + list.len()
}

pub async fn not_used_again(name: OsString, c_name: CString, path: PathBuf) -> (OsString, CString, PathBuf) {
    (name, c_name, path)
}
