// level: safe

use std::fmt;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Mutex;

pub struct Id(u64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("#")?;
        write!(f, "{}", self.0)
    }
}

pub struct Frames(Vec<u8>);

impl Frames {
    pub fn write_str(&mut self, text: &str) {
        self.0.extend(text.bytes());
    }

    pub fn end(&mut self) {
        self.write_str(".");
    }
}

impl io::Write for Frames {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0.write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub struct Out {
    any: Box<dyn Write + Send>,
    kept: Mutex<Vec<u8>>,
    frames: Frames,
}

impl Out {
    pub fn all(&mut self, file: &mut File, any: &mut dyn Write) -> io::Result<()> {
        write!(self.any, "{}", 1)?;
        write!(self.kept.lock().unwrap(), "{}", 2)?;
        writeln!(self.frames, "{}", 3)?;
        write!(file, "{}", 4)?;
        write!(any, "{}", 5)?;
        writeln!(io::stdout().lock())?;
        write!(&mut io::stderr(), "{}", 6)
    }
}

pub fn generic<W: Write, T: fmt::Write>(to: &mut W, text: &mut T, names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        write!(out, "{name}.{}", names.len()).unwrap();
    }
    write!(to, "{out}").unwrap();
    write!(BufWriter::new(to), "{out}").unwrap();
    write!(text, "{out}").unwrap();
    out
}
