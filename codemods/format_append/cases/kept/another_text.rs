//! These make a new text of two.

use std::path::PathBuf;

pub async fn paths(base: &str, names: &[&str]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for name in names {
        let mut path = base.to_owned() + &format!("/{name}.{}", names.len());
        path = path.clone() + &format!("{name}.{}", names.len());
        all.push(PathBuf::from(path));
    }
    all
}
