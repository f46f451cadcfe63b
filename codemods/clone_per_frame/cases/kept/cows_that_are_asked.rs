//! Who owns what is asked, or it is changed, or what it was copied of changes or goes.

use std::borrow::Cow;

pub fn asked(names: &[String]) -> usize {
    let mut sum = 0;
    for name in names {
        let shown: Cow<str> = Cow::Owned(name.to_string());
        sum += match &shown {
            Cow::Owned(text) => text.len(),
            Cow::Borrowed(_) => 0,
        };
    }
    sum
}

pub fn changed(names: &[String]) -> usize {
    let mut sum = 0;
    for name in names {
        let mut shown: Cow<str> = Cow::Owned(name.to_string());
        shown.to_mut().push('x');
        sum += shown.len();
    }
    sum
}

pub fn changes(names: &mut [String]) -> usize {
    let mut sum = 0;
    for name in names {
        let shown: Cow<str> = Cow::Owned(name.to_string());
        name.push('x');
        sum += shown.len();
    }
    sum
}

pub fn handed_out(names: &[String]) -> Vec<Cow<'static, str>> {
    let mut all = Vec::new();
    for name in names {
        all.push(Cow::Owned(name.to_string()));
    }
    all
}
