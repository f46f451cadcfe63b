// level: safe
//! What is given on in between is a reference: the value stays where it is.

fn total(row: &[u8]) -> usize {
    row.len()
}

pub fn sums(rows: &[Vec<u8>]) -> usize {
    let mut n = 0;
    for row in rows {
        let copy = row;
        n += total(row);
        n += copy.len();
    }
    n
}
