// level: safe
//! Who keeps a pointer has one into a copy of its own.

fn keep(text: String) -> *const u8 {
    text.as_ptr()
}

fn look(text: String) -> usize {
    text.len()
}

pub fn each(list: &[String]) -> usize {
    let mut n = 0;
    for text in list {
        n += usize::from(keep(text.clone()).is_null());
        n += look(text.clone());
    }
    n
}
