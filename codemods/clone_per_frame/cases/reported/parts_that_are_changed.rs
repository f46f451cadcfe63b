// reason: `row` is used again at line 25
//! What changes a part of a copy, whatever stands between, would change the original.

#[derive(Clone, Default)]
pub struct Options {
    tags: Vec<String>,
    depth: [u32; 2],
    retry: Option<String>,
    name: String,
}

fn median(of: &mut [u32]) -> u32 {
    of.sort_unstable();
    of[of.len() / 2]
}

fn first(of: &mut u32) -> u32 {
    *of += 1;
    *of
}

pub async fn slices(rows: &mut [Vec<u32>]) -> u32 {
    let mut sum = 0;
    for row in rows.iter_mut() {
        sum += median(&mut row.clone()[..]) + first(&mut row.clone()[0]);
        row.clone()[0] = 9;
        row.clone()[1] += 1;
        row.to_vec()[1..].reverse();
        sum += row.clone()[1..].iter_mut().map(|n| first(n)).sum::<u32>();
    }
    sum
}

pub async fn elements(names: &mut Vec<String>) -> usize {
    let mut taken = 0;
    for i in 0..names.len() {
        names.clone()[i].push('b');
        taken += names.clone()[i].drain(..1).count();
        taken += std::mem::take(&mut names.clone()[i]).len();
        taken += names.clone()[i].pop().map_or(0, char::len_utf8);
    }
    taken
}

pub async fn numbers(options: &mut Options) -> u32 {
    options.clone().depth[0] = 1;
    options.clone().depth[1] += 1;
    options.clone().depth.reverse();
    options.depth[0] + options.depth[1]
}

pub async fn methods(options: &mut Options) -> usize {
    options.clone().name.push('x');
    options.clone().tags.clear();
    options.clone().retry.take().map_or(0, |text| text.len())
}

pub async fn opened(rows: &mut Option<Vec<u32>>) -> u32 {
    let mut sum = 0;
    if rows.is_some() {
        rows.clone().unwrap()[0] = 100;
        sum += median(&mut rows.clone().unwrap()[..]);
        rows.clone().unwrap()[1..].reverse();
    }
    sum
}
