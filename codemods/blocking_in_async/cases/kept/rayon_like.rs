pub struct Pool;

impl Pool {
    pub fn install<T>(&self, run: impl FnOnce() -> T) -> T {
        run()
    }
}

pub async fn all(pool: &Pool, paths: &[String]) -> usize {
    pool.install(|| paths.iter().filter(|path| std::fs::metadata(path).is_ok()).count())
}
