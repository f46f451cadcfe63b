//! Lists whose elements, or what they were copied of, go elsewhere or change.

fn total(all: &[String]) -> usize {
    all.iter().map(|text| text.len()).sum()
}

pub fn given(pairs: &[(String, String)]) -> usize {
    let mut sum = 0;
    for (left, right) in pairs {
        sum += total(&[left.clone(), right.clone()]);
    }
    sum
}

pub fn kept(pairs: &[(String, String)]) -> Vec<String> {
    let mut all = Vec::new();
    for (left, right) in pairs {
        for text in [left.clone(), right.clone()] {
            all.push(text);
        }
    }
    all
}

pub fn changed_in_between(pairs: &mut [(String, String)]) -> usize {
    let mut sum = 0;
    for (left, right) in pairs {
        let both = [left.clone(), right.clone()];
        left.push_str(right);
        sum += both.iter().map(|text| text.len()).sum::<usize>();
    }
    sum
}

pub fn changed_in_the_loop(pairs: &mut [(String, String)]) -> usize {
    let mut sum = 0;
    for (left, right) in pairs {
        for text in [left.clone(), right.clone()] {
            left.push('x');
            sum += text.len();
        }
    }
    sum
}
