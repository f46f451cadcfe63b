use std::fmt;
use std::io::{self, Write};

pub struct Sink(Vec<u8>);

impl io::Write for Sink {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0.write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(text.bytes());
        Ok(())
    }
}

pub fn end(sink: &mut Sink, code: u8) -> io::Result<()> {
    write!(sink, "{code}")
}

pub fn collect(codes: &[(u8, u8)]) -> String {
    let mut out = String::new();
    for (a, b) in codes {
        out.push_str(&format!("{a}.{b}"));
        out.push_str(&format!("{b}.{a}"));
    }
    out
}
