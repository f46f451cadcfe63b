use std::fmt::Write as _;
use std::fs::File;
use std::io::Write;

pub async fn dump(file: &mut File, rows: &[(String, f64)]) -> std::io::Result<()> {
    let mut text = String::new();
    for (name, value) in rows {
        write!(text, "{name} {value:.2}").unwrap();
    }
    write!(file, "{text}")?;
    file.flush()
}
