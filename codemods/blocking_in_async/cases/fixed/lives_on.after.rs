// level: review
use std::path::PathBuf;

pub struct Temp(PathBuf);

impl Temp {
    fn new(path: PathBuf) -> Temp {
        let _ = std::fs::create_dir_all(&path);
        Temp(path)
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub async fn copied(dir: PathBuf) -> std::io::Result<usize> {
    let _temp = {
        let dir = dir.clone();
        match tokio::task::spawn_blocking(move || -> std::io::Result<_> {
            std::fs::create_dir_all(&dir)?;
            let temp = Temp::new(dir.join("t"));
            std::fs::write(temp.0.join("a"), "hello")?;
            Ok(temp)
        })
        .await
        {
            Ok(done) => done?,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    };
    let path = dir.join("t/a");
    Ok(tokio::fs::read(path).await?.len())
}

pub async fn alone(dir: PathBuf) -> std::io::Result<usize> {
    let (_lock, text) = match tokio::task::spawn_blocking(move || -> std::io::Result<_> {
        let lock = std::fs::File::create(dir.join("lock"))?;
        lock.lock()?;
        let text = std::fs::read_to_string(dir.join("n"))?;
        Ok((lock, text))
    })
    .await
    {
        Ok(done) => done?,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    tokio::task::yield_now().await;
    Ok(text.len())
}

pub async fn given_up(dir: PathBuf) -> std::io::Result<usize> {
    let size = match tokio::task::spawn_blocking(move || -> std::io::Result<_> {
        let temp = Temp::new(dir.join("t"));
        std::fs::write(temp.0.join("a"), "hello")?;
        drop(temp);
        let size = std::fs::metadata(&dir)?.len();
        Ok(size)
    })
    .await
    {
        Ok(done) => done?,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    tokio::task::yield_now().await;
    Ok(size as usize)
}
