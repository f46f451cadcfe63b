// level: safe
//! Copies in a list that is only read: it may hold references.

pub fn longest(pairs: &[(String, String)]) -> usize {
    let mut sum = 0;
    for (left, right) in pairs {
        sum += [left.clone(), right.clone()].iter().map(|text| text.len()).max().unwrap_or(0);
        for text in [left.clone(), right.clone()] {
            sum += text.trim().len();
        }
        for text in &[left.clone(), right.clone()] {
            sum += text.len();
        }
    }
    sum
}

pub fn joined(pairs: &[(String, String)], prefix: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (left, right) in pairs {
        all.push([left.clone(), right.clone()].join("/"));
        all.push(vec![prefix.to_string(), left.clone(), "x".to_string()].concat());
        let parts = vec![prefix.to_owned(), right.clone()];
        all.push(parts.join("-"));
    }
    all
}

pub fn looked_up(pairs: &[(String, String)], wanted: &String) -> usize {
    let mut count = 0;
    for (left, right) in pairs {
        count += usize::from([left.clone(), right.clone()].contains(wanted));
        let both = [left.clone(), right.clone()];
        count += both.iter().filter(|text| text.is_empty()).count() + both.len();
        for text in &both {
            count += text.len();
        }
    }
    count
}
