// reason: may have a `push_str` of its own

use std::ops::DerefMut;

pub fn lines<T: DerefMut<Target = String>>(
    page: &mut T,
    any: &mut dyn DerefMut<Target = String>,
    numbers: &[u32],
) {
    for number in numbers {
        page.push_str(&format!("{number} of {}", numbers.len()));
        any.push_str(&format!("{number} of {}", numbers.len()));
    }
}
