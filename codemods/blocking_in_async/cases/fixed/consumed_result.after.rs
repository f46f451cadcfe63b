// level: review
use std::path::PathBuf;

pub struct Digest(u64);

impl Digest {
    pub fn update(&mut self, data: &[u8]) {
        self.0 += data.len() as u64;
    }

    pub fn seal(&mut self) {
        self.0 ^= 1;
    }

    pub fn finish(self) -> u64 {
        self.0
    }
}

pub async fn digest(mut files: Vec<PathBuf>) -> std::io::Result<u64> {
    files.sort();
    let digest = match tokio::task::spawn_blocking(move || -> std::io::Result<_> {
        let mut digest = Digest(0);
        for file in &files {
            digest.update(&std::fs::read(file)?);
        }
        Ok(digest)
    })
    .await
    {
        Ok(done) => done?,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    Ok(digest.finish())
}

pub async fn sealed(files: Vec<PathBuf>) -> std::io::Result<u64> {
    let mut digest = match tokio::task::spawn_blocking(move || -> std::io::Result<_> {
        let mut digest = Digest(0);
        for file in &files {
            digest.update(&std::fs::read(file)?);
        }
        Ok(digest)
    })
    .await
    {
        Ok(done) => done?,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    digest.seal();
    Ok(digest.finish())
}
