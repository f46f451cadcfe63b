// level: safe
//! `str` encodes otherwise than `String`: what is generic must go on seeing what it saw.

pub trait Encode {
    fn encode(&self, out: &mut Vec<u8>);
}

impl Encode for str {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.bytes());
    }
}

impl Encode for String {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.len() as u8);
        out.extend(self.bytes());
    }
}

fn put<T: Encode + ?Sized>(t: &T, out: &mut Vec<u8>) {
    t.encode(out);
}

fn named(name: String, out: &mut Vec<u8>) {
    put(&name, out);
}

pub fn all(names: &[String], out: &mut Vec<u8>) {
    for name in names {
        named(name.clone(), out);
    }
}

fn plain(name: String, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
}

pub fn each(names: &[String], out: &mut Vec<u8>) {
    for name in names {
        plain(name.clone(), out);
    }
}
