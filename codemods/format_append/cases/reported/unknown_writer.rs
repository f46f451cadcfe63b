// reason: put a `BufWriter` around it first

use std::io::{self, Write};

pub fn save<W: Write>(to: &mut W, rows: &[(String, u32)]) -> io::Result<()> {
    for (name, count) in rows {
        to.write_all(format!("{name};{count}\n").as_bytes())?;
    }
    Ok(())
}
