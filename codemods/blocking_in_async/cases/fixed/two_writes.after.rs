// level: review
use std::path::Path;

pub async fn swap(path: &Path, text: String) -> std::io::Result<()> {
    let new = path.with_extension("new");
    {
        let path = path.to_owned();
        match tokio::task::spawn_blocking(move || -> std::io::Result<_> {
            let path = path.as_path();
            std::fs::write(&new, text)?;
            std::fs::rename(&new, path)?;
            Ok(())
        })
        .await
        {
            Ok(done) => done?,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
    Ok(())
}
