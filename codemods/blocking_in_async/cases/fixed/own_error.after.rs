// level: review
#[derive(Debug)]
pub struct Failed(String);

fn checked(path: &str) -> Result<String, Failed> {
    std::fs::read_to_string(path).map_err(|error| Failed(error.to_string()))
}

pub async fn both(first: String, second: String) -> Result<usize, Failed> {
    let (one, two) = match tokio::task::spawn_blocking(move || -> Result<_, Failed> {
        let one = checked(&first)?;
        let two = checked(&second)?;
        Ok((one, two))
    })
    .await
    {
        Ok(done) => done?,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    Ok(one.len() + two.len())
}
