// level: safe
//! Items that are numbered, paired, gone over in turn, or collected in a list that is only read.

pub fn weighed(lists: &[Vec<String>]) -> usize {
    let mut sum = 0;
    for list in lists {
        for (at, text) in list.iter().cloned().enumerate() {
            sum += at * text.len();
        }
        sum += list.iter().cloned().enumerate().filter(|(at, text)| *at > 0 && text == "a").count();
        sum += list.iter().cloned().zip(1..).map(|(text, factor)| text.len() * factor).sum::<usize>();
    }
    sum
}

pub fn inside(lists: &[Vec<Option<String>>]) -> usize {
    let mut sum = 0;
    for list in lists {
        sum += list.iter().cloned().flatten().map(|text| text.len()).sum::<usize>();
    }
    sum
}

pub fn counted(lists: &[Vec<(String, u32)>]) -> u32 {
    let mut sum = 0;
    for list in lists {
        for (text, count) in list.iter().cloned() {
            sum += count * text.len() as u32;
        }
    }
    sum
}

pub fn listed(lists: &[Vec<String>]) -> usize {
    let mut sum = 0;
    for list in lists {
        let long: Vec<String> = list.iter().filter(|text| text.len() > 8).cloned().collect();
        for text in &long {
            sum += text.trim().len();
        }
        sum += long.len();
        let every = list.iter().cloned().collect::<Vec<_>>();
        sum += every.join(", ").len();
    }
    sum
}

pub fn parted(lists: &[Vec<String>]) -> usize {
    let mut sum = 0;
    for list in lists {
        let (long, short): (Vec<String>, Vec<String>) = list.iter().cloned().partition(|text| text.len() > 8);
        sum += long.len() * short.len();
        let mut texts = list.iter().cloned().peekable();
        while let Some(text) = texts.next() {
            sum += text.len() + texts.peek().map_or(0, |next| next.len());
        }
    }
    sum
}
