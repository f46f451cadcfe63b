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
    std::fs::create_dir_all(&dir)?;
    let temp = Temp::new(dir.join("t"));
    std::fs::write(temp.0.join("a"), "hello")?;
    let path = dir.join("t/a");
    Ok(tokio::fs::read(path).await?.len())
}

pub async fn alone(dir: PathBuf) -> std::io::Result<usize> {
    let lock = std::fs::File::create(dir.join("lock"))?;
    lock.lock()?;
    let text = std::fs::read_to_string(dir.join("n"))?;
    tokio::task::yield_now().await;
    Ok(text.len())
}

pub async fn given_up(dir: PathBuf) -> std::io::Result<usize> {
    let temp = Temp::new(dir.join("t"));
    std::fs::write(temp.0.join("a"), "hello")?;
    drop(temp);
    let size = std::fs::metadata(&dir)?.len();
    tokio::task::yield_now().await;
    Ok(size as usize)
}
