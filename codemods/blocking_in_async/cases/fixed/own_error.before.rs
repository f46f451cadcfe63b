// level: review
#[derive(Debug)]
pub struct Failed(String);

fn checked(path: &str) -> Result<String, Failed> {
    std::fs::read_to_string(path).map_err(|error| Failed(error.to_string()))
}

pub async fn both(first: String, second: String) -> Result<usize, Failed> {
    let one = checked(&first)?;
    let two = checked(&second)?;
    Ok(one.len() + two.len())
}
