pub async fn gather(out: &mut String, names: &[&str]) -> Result<(), std::num::ParseIntError> {
    for name in names {
        out.push_str(&format!("{}-{}", name.parse::<u32>()?, size(name).await));
    }
    Ok(())
}

async fn size(name: &str) -> usize {
    name.len()
}
