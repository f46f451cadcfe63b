// reason: `to` is a buffer

use std::io::{self, BufWriter, Write};

pub fn save(to: &mut BufWriter<std::fs::File>, rows: &[(String, u32)]) -> io::Result<()> {
    for (name, count) in rows {
        to.write_all(format!("{name};{count}\n").as_bytes())?;
    }
    Ok(())
}
