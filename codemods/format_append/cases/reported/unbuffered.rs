// reason: `file` may not be buffered

use std::fs::File;
use std::io::{self, Write};

pub fn save(file: &mut File, rows: &[(String, u32)]) -> io::Result<()> {
    for (name, count) in rows {
        file.write_all(format!("{name};{count}\n").as_bytes())?;
    }
    Ok(())
}
