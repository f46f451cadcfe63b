// level: safe
//! Lists copied in order to take their elements one by one.

pub async fn sums(numbers: &[u64], names: &[String]) -> u64 {
    let total: u64 = numbers.to_owned().into_iter().sum();
    let mut largest = 0;
    for number in IntoIterator::into_iter(numbers.to_vec()).skip(1) {
        largest = largest.max(number);
    }
    let longest = IntoIterator::into_iter(names.to_vec()).map(|name| name.len() as u64).max();
    total + largest + longest.unwrap_or(0)
}
