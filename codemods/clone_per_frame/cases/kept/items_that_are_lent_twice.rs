//! A reference to a reference has another impl: what is lent to a closure, and would be so twice, stays a copy.

trait Graded {
    fn grade(&self) -> u32;
}

impl Graded for String {
    fn grade(&self) -> u32 {
        1
    }
}

impl<T: Graded> Graded for &T {
    fn grade(&self) -> u32 {
        10 + (**self).grade()
    }
}

pub fn numbered(lists: &[Vec<String>]) -> usize {
    let mut count = 0;
    for list in lists {
        count += list.iter().cloned().enumerate().filter(|(_, text)| text.grade() > 5).count();
    }
    count
}

pub fn paired(lists: &[Vec<String>]) -> usize {
    let mut count = 0;
    for list in lists {
        count += list.iter().cloned().zip(0..9).filter(|(text, _)| text.grade() > 5).count();
    }
    count
}

pub fn peeked(lists: &[Vec<String>]) -> u32 {
    let mut sum = 0;
    for list in lists {
        let mut texts = list.iter().cloned().peekable();
        while let Some(text) = texts.next() {
            sum += text.len() as u32;
            if let Some(next) = texts.peek() {
                sum += next.grade();
            }
        }
    }
    sum
}
