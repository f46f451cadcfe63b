// reason: whether `other` leads to a `String` is not known

use std::ops::DerefMut;

pub fn lines(other: &mut impl DerefMut<Target = String>, numbers: &[u32]) {
    for number in numbers {
        other.push_str(&format!("{number} of {}", numbers.len()));
    }
}
