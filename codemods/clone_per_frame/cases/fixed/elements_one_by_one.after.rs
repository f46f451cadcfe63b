// level: safe
//! Lists copied in order to take their elements one by one.

use std::collections::HashMap;

pub async fn sums(numbers: &[u64], names: &[String]) -> u64 {
    let total: u64 = numbers.iter().copied().sum();
    let mut largest = 0;
    for number in numbers.iter().copied().skip(1) {
        largest = largest.max(number);
    }
    let longest = names.iter().map(|name| name.len() as u64).max();
    total + largest + longest.unwrap_or(0)
}

pub async fn of_a_key(names: &HashMap<String, Vec<String>>, key: &str, kept: &mut Vec<String>) -> usize {
    let mut all = 0;
    for name in names.get(key).unwrap() {
        all += name.len();
    }
    for name in &names[key] {
        all += name.len();
    }
    kept.extend(names[key].iter().cloned().filter(|name| name.len() > 3));
    all += names[key].iter().map(|name| name.len()).sum::<usize>();
    if names[key].iter().any(|name| *name == key) {
        names[key].iter().cloned().for_each(|name| kept.push(name));
    }
    all
}
