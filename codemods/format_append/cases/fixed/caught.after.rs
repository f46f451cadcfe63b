// level: review

use std::fmt::Write as _;
use std::fmt::{self, Display};
use std::panic::{catch_unwind, AssertUnwindSafe};

pub struct Id(u64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Who catches the panic reads what stands in the text.
pub fn caught(ids: &[Id]) -> String {
    let mut out = String::new();
    let _ = catch_unwind(AssertUnwindSafe(|| {
        for id in ids {
            write!(out, "<{id}>").unwrap();
        }
    }));
    out
}

pub fn in_a_thread<T: Display + Sync>(ids: &[T]) -> String {
    let mut out = String::new();
    let text = &mut out;
    std::thread::scope(|scope| {
        let _ = scope.spawn(move || ids.iter().for_each(|id| write!(text, "<{id}>").unwrap())).join();
    });
    out
}

pub async fn in_a_future(ids: &[Id]) -> String {
    use futures::FutureExt;
    let mut out = String::new();
    let all = async {
        for id in ids {
            write!(out, "<{id}>").unwrap();
        }
    };
    let _ = AssertUnwindSafe(all).catch_unwind().await;
    out
}
