// reason: `capacity` at line 7 asks how much room `list` has
//! A clone is as large as what it holds: its capacity is another one.

pub fn room(list: Vec<u8>) -> usize {
    let mut n = 0;
    for _ in 0..2 {
        n += list.clone().capacity();
    }
    n
}

pub async fn of_the_copy(list: Vec<u8>) -> usize {
    let copy = list.clone();
    copy.capacity()
}

fn grown(mut list: Vec<u8>) -> usize {
    list.push(1);
    list.capacity()
}

fn measured(list: Vec<u8>) -> usize {
    list.capacity()
}

pub async fn in_the_callee(list: Vec<u8>) -> usize {
    measured(list.clone())
}

pub async fn in_another(list: Vec<u8>) -> usize {
    grown(list.clone())
}

pub async fn where_it_lies(list: Vec<u8>) -> bool {
    let copy = list.clone();
    copy.as_slice().as_ptr() == list.as_ptr()
}

pub async fn the_same(text: String) -> bool {
    let copy = text.clone();
    std::ptr::eq(&copy[..], &text[..])
}
