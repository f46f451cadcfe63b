// reason: the file is several modules of the crate
#[path = "reported_file_of_two_modules.rs"]
#[cfg(any())]
mod again;

pub fn lines(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        out.push_str(&format!("{name}:{}", names.len()));
    }
    out
}
