// left: Ok(false)
// naive: Err(InvalidInput)
// swap: path.exists() => tokio::fs::try_exists(path).await?
// end: same, safe
// words: try_exists
use std::io;
use std::path::Path;

pub async fn is_known(path: &Path) -> io::Result<bool> {
    Ok(path.exists())
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let found = runtime.block_on(is_known(Path::new("of two\0parts")));
    format!("{:?}", found.map_err(|error| error.kind()))
}
