// level: safe
//! Lists copied in order to take their elements one by one.

pub async fn sums(numbers: &[u64], names: &[String]) -> u64 {
    let total: u64 = numbers.iter().copied().sum();
    let mut largest = 0;
    for number in numbers.iter().copied().skip(1) {
        largest = largest.max(number);
    }
    let longest = names.iter().cloned().map(|name| name.len() as u64).max();
    total + largest + longest.unwrap_or(0)
}
