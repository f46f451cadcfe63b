// reason: `capacity` at line 9 asks how much room
//! A copied item has room and a place of its own, also where only a closure sees it.

use std::sync::Arc;

pub fn mapped(texts: &[String]) -> usize {
    let mut sum = 0;
    for _ in 0..2 {
        sum += texts.iter().cloned().map(|text| text.capacity()).sum::<usize>();
    }
    sum
}

pub fn found(texts: &[String]) -> usize {
    let mut sum = 0;
    for _ in 0..2 {
        sum += texts.iter().cloned().find(|text| text.capacity() > 8).map_or(0, |text| text.len());
    }
    sum
}

pub fn most(texts: &[String]) -> usize {
    let mut sum = 0;
    for _ in 0..2 {
        sum += texts.iter().cloned().max_by_key(|text| text.capacity()).unwrap().len();
    }
    sum
}

pub fn inside(text: &Option<String>) -> usize {
    let mut sum = 0;
    for _ in 0..2 {
        sum += text.clone().map(|text| text.capacity()).unwrap_or(0);
    }
    sum
}

pub fn counted(shared: &[Arc<String>]) -> usize {
    let mut sum = 0;
    for each in shared.iter().cloned() {
        sum += Arc::strong_count(&each);
    }
    sum
}

pub fn shown(shared: &[Arc<String>]) -> usize {
    let mut sum = 0;
    for each in shared.iter().cloned() {
        sum += format!("{:p}", each).len();
    }
    sum
}

pub fn compared(texts: &[String]) -> usize {
    let mut sum = 0;
    for _ in 0..2 {
        sum += texts.iter().cloned().filter(|text| std::ptr::eq(text, &texts[0])).count();
    }
    sum
}

pub fn cast(texts: &[String]) -> bool {
    let mut same = false;
    for text in texts.iter().cloned() {
        same |= &text as *const _ == &texts[0] as *const _;
    }
    same
}
