// reason: `is_first` at line 33 asks where
//! A function, a method or a closure that is lent a copy asks for the place that it has.

#[derive(Clone)]
pub struct Spot {
    pub name: String,
}

impl Spot {
    fn is(&self, other: &Spot) -> bool {
        std::ptr::eq(self, other)
    }
}

#[derive(Clone)]
pub struct Own {
    pub name: String,
}

impl PartialEq for Own {
    fn eq(&self, other: &Own) -> bool {
        std::ptr::eq(self, other)
    }
}

fn is_first(text: &String, texts: &[String]) -> bool {
    std::ptr::eq(text, &texts[0])
}

pub fn of_items(lists: &[Vec<String>]) -> usize {
    let mut same = 0;
    for texts in lists {
        same += texts.iter().cloned().filter(|text| is_first(text, texts)).count();
    }
    same
}

fn handed_on(spot: &Spot, other: &Spot) -> bool {
    use std::ptr as place;
    !spot.name.is_empty() && place::eq(spot, other)
}

pub fn lent(spots: &[Spot]) -> usize {
    let mut same = 0;
    for spot in spots {
        same += usize::from(handed_on(&spot.clone(), spot));
    }
    same
}

pub fn by_a_method(spots: &[Spot]) -> usize {
    let mut same = 0;
    for spot in spots {
        let copied = spot.clone();
        same += usize::from(copied.is(spot)) + copied.name.len();
    }
    same
}

pub fn by_a_closure(spots: &[Spot]) -> usize {
    let is_here = |spot: &Spot| std::ptr::eq(spot, &spots[0]);
    let mut same = 0;
    for spot in spots.iter().cloned() {
        same += usize::from(is_here(&spot));
    }
    same
}

fn room(texts: &[String]) -> usize {
    texts.iter().map(String::capacity).sum::<usize>() + texts.iter().map(|t| t.capacity()).sum::<usize>()
}

pub fn how_much(lists: &[Vec<String>]) -> usize {
    let mut sum = 0;
    for list in lists {
        sum += room(&list.clone());
    }
    sum
}

pub fn compared(owns: &[Own]) -> usize {
    let mut same = 0;
    for own in owns {
        same += usize::from(own.clone() == *own);
    }
    same
}
