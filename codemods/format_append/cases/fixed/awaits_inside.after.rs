use std::fmt::Write as _;

pub async fn gather(out: &mut String, names: &[&str]) -> Result<(), std::num::ParseIntError> {
    for name in names {
        write!(out, "{}-{}", name.parse::<u32>()?, size(name).await).unwrap();
    }
    Ok(())
}

async fn size(name: &str) -> usize {
    name.len()
}
