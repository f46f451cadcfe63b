use std::fs::File;
use std::io::Write;

pub async fn dump(file: &mut File, rows: &[(String, f64)]) -> std::io::Result<()> {
    let mut text = String::new();
    for (name, value) in rows {
        text.push_str(&format!("{name} {value:.2}"));
    }
    write!(file, "{text}")?;
    file.flush()
}
