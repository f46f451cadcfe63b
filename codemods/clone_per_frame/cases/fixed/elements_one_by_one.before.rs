// level: safe
//! Lists copied in order to take their elements one by one.

use std::collections::HashMap;

pub async fn sums(numbers: &[u64], names: &[String]) -> u64 {
    let total: u64 = numbers.to_owned().into_iter().sum();
    let mut largest = 0;
    for number in IntoIterator::into_iter(numbers.to_vec()).skip(1) {
        largest = largest.max(number);
    }
    let longest = IntoIterator::into_iter(names.to_vec()).map(|name| name.len() as u64).max();
    total + largest + longest.unwrap_or(0)
}

pub async fn of_a_key(names: &HashMap<String, Vec<String>>, key: &str, kept: &mut Vec<String>) -> usize {
    let mut all = 0;
    for name in names.get(key).unwrap().to_vec() {
        all += name.len();
    }
    for name in names[key].clone() {
        all += name.len();
    }
    kept.extend(names[key].clone().into_iter().filter(|name| name.len() > 3));
    all += names[key].clone().into_iter().map(|name| name.len()).sum::<usize>();
    if names[key].to_vec().into_iter().any(|name| name == key) {
        names[key].clone().into_iter().for_each(|name| kept.push(name));
    }
    all
}
