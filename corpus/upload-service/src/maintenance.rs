//! Housekeeping: old files, abandoned uploads, reports. It runs in one task beside the server,
//! on the thread that started it.

use std::io;
use std::mem;
use std::path::PathBuf;
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use tokio::fs;
use tokio::time;

#[derive(Debug, Clone)]
pub struct Policy {
    /// The pause between two rounds.
    pub every: Duration,
    /// How long a retired file stays.
    pub grace: Duration,
    /// Where reports are written.
    pub reports: PathBuf,
}

struct Retired {
    path: PathBuf,
    since: Instant,
}

pub struct Maintenance {
    policy: RwLock<Policy>,
    retired: Mutex<Vec<Retired>>,
    orphans: Mutex<Vec<PathBuf>>,
    last_report: Mutex<Option<PathBuf>>,
}

impl Maintenance {
    pub fn new(policy: Policy) -> Self {
        Maintenance {
            policy: RwLock::new(policy),
            retired: Mutex::new(Vec::new()),
            orphans: Mutex::new(Vec::new()),
            last_report: Mutex::new(None),
        }
    }

    pub fn set_grace(&self, grace: Duration) {
        self.policy.write().unwrap().grace = grace;
    }

    /// This blob has no name any more; downloads that have begun may still read it.
    pub fn retire(&self, path: PathBuf) {
        let since = Instant::now();
        self.retired.lock().unwrap().push(Retired { path, since });
    }

    /// The upload to this staging file came to nothing.
    pub fn orphan(&self, path: PathBuf) {
        self.orphans.lock().unwrap().push(path);
    }

    /// Waits until the next round is due.
    pub async fn pause(&self) {
        let policy = self.policy.read().unwrap();
        let every = policy.every;
        time::sleep(every).await;
    }

    /// Removes the retired files whose grace is over and returns how many that were.
    pub async fn sweep(&self) -> usize {
        let grace = self.policy.read().unwrap().grace;
        let mut retired = self.retired.lock().unwrap();
        let (due, kept) = mem::take(&mut *retired)
            .into_iter()
            .partition::<Vec<_>, _>(|file| file.since.elapsed() >= grace);
        *retired = kept;

        let mut removed = 0;
        for file in due {
            if fs::remove_file(&file.path).await.is_ok() {
                removed += 1;
            }
        }
        removed
    }

    /// Removes what abandoned uploads left behind and returns how many files that were.
    pub async fn purge(&self) -> usize {
        let mut removed = 0;
        while let Some(path) = self.orphans.lock().unwrap().pop() {
            if fs::remove_file(&path).await.is_ok() {
                removed += 1;
            }
        }
        removed
    }

    /// Writes a report in the place of the last one.
    pub async fn report(&self, serial: u64, text: String) -> io::Result<()> {
        if let Some(last) = self.last_report.lock().unwrap().take() {
            fs::remove_file(last).await?;
        }
        let path = write_report(self.policy.read().unwrap().reports.clone(), serial, text).await?;
        *self.last_report.lock().unwrap() = Some(path);
        Ok(())
    }
}

async fn write_report(folder: PathBuf, serial: u64, text: String) -> io::Result<PathBuf> {
    let path = folder.join(serial.to_string());
    fs::write(&path, text).await?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn folder(name: &str) -> (PathBuf, Maintenance) {
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).await.unwrap();
        let maintenance = Maintenance::new(Policy {
            every: Duration::from_millis(1),
            grace: Duration::from_secs(3600),
            reports: folder.clone(),
        });
        (folder, maintenance)
    }

    #[tokio::test]
    async fn retired_files_stay_for_their_grace() {
        let (folder, maintenance) = folder("sweep").await;
        let path = folder.join("blob");
        fs::write(&path, "x").await.unwrap();
        maintenance.retire(path.clone());
        assert_eq!(maintenance.sweep().await, 0);
        assert!(path.exists());
        maintenance.set_grace(Duration::ZERO);
        assert_eq!(maintenance.sweep().await, 1);
        assert!(!path.exists());
        assert_eq!(maintenance.sweep().await, 0);
        fs::remove_dir_all(folder).await.unwrap();
    }

    #[tokio::test]
    async fn orphans_are_removed() {
        let (folder, maintenance) = folder("purge").await;
        for name in ["1", "2"] {
            fs::write(folder.join(name), "x").await.unwrap();
            maintenance.orphan(folder.join(name));
        }
        maintenance.orphan(folder.join("never written"));
        assert_eq!(maintenance.purge().await, 2);
        assert_eq!(maintenance.purge().await, 0);
        fs::remove_dir_all(folder).await.unwrap();
    }

    #[tokio::test]
    async fn only_the_last_report_is_kept() {
        let (folder, maintenance) = folder("report").await;
        maintenance.report(1, "one".into()).await.unwrap();
        maintenance.pause().await;
        maintenance.report(2, "two".into()).await.unwrap();
        assert!(!folder.join("1").exists());
        let text = fs::read_to_string(folder.join("2")).await.unwrap();
        assert_eq!(text, "two");
        fs::remove_dir_all(folder).await.unwrap();
    }
}
