// level: safe
//! Copies in a list that is only read: it may hold references.

pub fn longest(pairs: &[(String, String)]) -> usize {
    let mut sum = 0;
    for (left, right) in pairs {
        sum += [left, right].into_iter().map(|text| text.len()).max().unwrap_or(0);
        for text in [left, right] {
            sum += text.trim().len();
        }
        for text in [left, right] {
            sum += text.len();
        }
    }
    sum
}

pub fn joined(pairs: &[(String, String)], prefix: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (left, right) in pairs {
        all.push([left.as_str(), right.as_str()].join("/"));
        all.push(vec![prefix, left.as_str(), "x"].concat());
        let parts = vec![prefix, right.as_str()];
        all.push(parts.join("-"));
    }
    all
}

pub fn looked_up(pairs: &[(String, String)], wanted: &String) -> usize {
    let mut count = 0;
    for (left, right) in pairs {
        count += usize::from([left, right].contains(&wanted));
        let both = [left, right];
        count += both.iter().copied().filter(|text| text.is_empty()).count() + both.len();
        for text in both.iter().copied() {
            count += text.len();
        }
    }
    count
}
