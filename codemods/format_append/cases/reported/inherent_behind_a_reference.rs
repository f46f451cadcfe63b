// reason: which may change what `sink.write_str("end")`

use std::fmt;

/// By `&mut Sink` a trait's `&mut self` is found before the type's own `&self`.
pub struct Sink;

impl Sink {
    pub fn write_str(&self, text: &str) -> fmt::Result {
        println!("own {text}");
        Ok(())
    }
}

impl fmt::Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        println!("trait {text}");
        Ok(())
    }
}

pub fn listed(sink: &mut Sink, numbers: &[u32]) -> String {
    let mut out = String::new();
    for number in numbers {
        out.push_str(&format!("{number} of {}", numbers.len()));
    }
    sink.write_str("end").unwrap();
    out
}
