"""The crate that the oracle is asked about: a numbered comment behind each expression."""

from __future__ import annotations

from engine.base.model import Span
from engine.rust.syntax import Source
from tests.smallcrate import manifest

LIB = """\
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
mod other;

macro_rules! pick {
    ($($p:pat = $e:expr => $h:expr),* $(,)?) => { $(match $e { $p => { $h; } _ => {} })* };
}
macro_rules! stmts { ($($t:tt)*) => { { $($t)* } }; }
macro_rules! keyed { ({ $($k:literal : $v:expr),* }) => { $(let _ = ($k, &$v);)* }; }

pub struct S {
    c: Arc<Mutex<u64>>,
    m: HashMap<String, Vec<u8>>,
}

impl S {
    pub fn a(&self) -> usize {
        let n = Arc::new(Mutex::new(0));
        *n/*1*/.lock().unwrap() += 1;
        println!("{:?}", self.c/*2*/.clone());
        let v: Vec<_> = self.m.iter().map(|(k, v)| (k/*3*/.clone(), v/*4*/.clone())).collect();
        match v.first() {
            Some((k, _)) if k/*5*/.is_empty() => k/*6*/.len(),
            #[cfg(feature = "extra")]
            None => v/*7*/.len(),
            _ => 0,
        }
    }

    pub async fn b(&self, x: Option<Arc<str>>) -> Result<u64, std::fmt::Error> {
        #[cfg(feature = "extra")]
        let _q = x/*8*/.clone();
        #[cfg(not(feature = "extra"))]
        #[allow(unused)]
        let q = x/*9*/.clone();
        if let Some(y) = x/*10*/.clone() && let Some(z) = Some(y/*11*/.clone()) && z/*12*/.len() > 1 {
        } else if let Some(_y) = x/*13*/.clone() {
        }
        pick! {
            Some(w) = x/*14*/.clone() => w/*15*/.clone(),
            None = q.clone() => { let t = self.c.clone(); t/*16*/.clone() },
        }
        stmts! { let r = self.c.clone(); let _s = r/*17*/.clone(); }
        keyed!({ "a": self.c/*18*/.clone() });
        let Some(u) = x/*19*/.clone() else { return Ok(1) };
        let w = self.d(u/*20*/.clone()).await?/*21*/.clone();
        while let Some(y) = x/*22*/.clone() {
            async { y/*23*/.clone() }.await;
            break;
        }
        Ok(w)
    }

    async fn d(&self, _: Arc<str>) -> Result<u64, std::fmt::Error> {
        Ok(1)
    }
}

pub fn e(flag: bool) -> usize {
    #[cfg(not(test))]
    let s = String::new();
    #[cfg(not(test))]
    let _ = s/*24*/.clone();
    static K: Mutex<Vec<u8>> = Mutex::new(Vec::new());
    let f = move || K.lock().unwrap()/*25*/.clone();
    f()/*26*/.len();
    let unsized_ = *"s"/*27*/.to_string();
    let r: Result<(), _> = if flag { Err(3) } else { return 4 };
    r/*28*/.is_ok() as usize + unsized_.len()
}
macro_rules! number { ($n:literal) => { $n }; }
pub fn g() -> S {
    let x: u8 = "3".parse()/*36*/.unwrap();
    let _ = vec![1, 2]/*37*/.len() as u8 + x + number!(5/*38*/);
    S { c: Arc::new(Mutex::new(0))/*39*/, m: HashMap::new()/*40*/ }
}
pub const C: usize = "const"/*29*/.len();

#[cfg(test)]
mod tests {
    #[test]
    fn t() {
        let x = vec![super::e];
        let y = x/*30*/.clone();
        y[0](true);
        assert!(C/*31*/.count_ones() > 0);
    }
    use super::C;
}
"""
FILES = {
    "Cargo.toml": manifest("p", "[features]\nextra = []", edition="2024"),
    "src/lib.rs": LIB.replace("let unsized_ = *", "let unsized_ = "),
    "src/other.rs": "pub(crate) fn _f(x: &[u8]) -> Vec<u8> { x/*32*/.to_vec() }\n",
    "src/lost.rs": "fn f(x: u8) { x/*33*/.clone(); }\n",
    "tests/it.rs": 'include!("part.rs");\n#[test] fn t() { let s = p::e(true); s/*34*/.clone(); }\n',
    "tests/part.rs": "#[test] fn part() { let s = p::e; s/*35*/(true); }\n",
}
ARC = "std::sync::Arc<std::sync::Mutex<u64>>"
TEXT = "std::option::Option<std::sync::Arc<str>>"
EXPECTED = {
    1: "std::sync::Arc<std::sync::Mutex<i32>>",
    2: ARC,
    3: "&std::string::String",
    4: "&std::vec::Vec<u8>",
    5: "&std::string::String",
    6: "&std::string::String",
    7: None,
    8: None,
    9: TEXT,
    10: TEXT,
    11: "std::sync::Arc<str>",
    12: "std::sync::Arc<str>",
    13: TEXT,
    14: TEXT,
    15: "std::sync::Arc<str>",
    16: ARC,
    17: ARC,
    18: ARC,
    19: TEXT,
    20: "std::sync::Arc<str>",
    21: "u64",
    22: TEXT,
    23: "std::sync::Arc<str>",
    24: "std::string::String",
    25: "std::sync::MutexGuard<std::vec::Vec<u8>>",
    26: "std::vec::Vec<u8>",
    27: "&str",
    28: "std::result::Result<(), i32>",
    29: None,
    30: "std::vec::Vec<fn(bool) -> usize {e}>",
    31: "usize",
    32: "&[u8]",
    33: None,
    34: "usize",
    35: "fn(bool) -> usize {p::e}",
    # What the surroundings make of a number or a type that is open:
    36: "std::result::Result<u8, std::num::ParseIntError>",
    37: "std::vec::Vec<i32>",
    38: "{integer}",
    39: ARC,
    40: "std::collections::HashMap<std::string::String, std::vec::Vec<u8>>",
}


_NO_VALUES = ("token_tree", "ERROR", "arguments", "field_initializer")


def receivers(source: Source) -> dict[int, Span]:
    """The expressions in front of the comments ``/*N*/``."""
    found = {}
    for number in range(100):
        mark = source.data.find(b"/*%d*/" % number)
        if mark >= 0:
            node = source.innermost(Span(mark - 1, mark))
            found[number] = _widest(source, node.start_byte, mark)
    return found


def _widest(source: Source, start: int, end: int) -> Span:
    best = Span(start, end)
    while start > 0:
        start -= 1
        node = source.node_at(Span(start, end))
        if node is not None and node.type not in _NO_VALUES:
            best = Span(start, end)
        if source.data[start : start + 1] in (b"\n", b"{", b";"):
            return best
    return best
