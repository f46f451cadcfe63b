// reason: a raw pointer to `copy`, taken at line 6, is kept
//! The copy stays as it is, whatever becomes of the value: a pointer into it relies on that.

pub async fn before(mut text: String) -> u8 {
    let copy = text.clone();
    let start = copy.as_bytes().as_ptr();
    text.clear();
    text.push_str("zzz");
    unsafe { *start }
}

pub async fn changed_through_a_pointer(mut list: Vec<u8>) -> u8 {
    let start = list.as_mut_ptr();
    let copy = list.clone();
    unsafe { *start = 7 };
    copy[0]
}
