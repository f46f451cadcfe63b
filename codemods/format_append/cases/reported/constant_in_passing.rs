// reason: what its arguments make in passing (a lock's guard, say) would be dropped later
#![allow(non_upper_case_globals)]

pub struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("{}", self.0);
    }
}

/// Each use of it is a new value, which says when it goes.
const loud: Loud = Loud("gone");

fn told(line: (), text: usize) -> usize {
    println!("then");
    text
}

pub async fn lines(all: &mut String) -> usize {
    told(all.push_str(&format!("{}{}", loud.0, 1)), all.len())
}
