// reason: `w` may be any writer: each piece of a `write!` into it would be a call of its own
use std::fmt;

pub fn rows<W: fmt::Write>(w: &mut W, rows: &[u32]) -> fmt::Result {
    for row in rows {
        w.write_str(&format!("<{row}>"))?;
    }
    Ok(())
}
