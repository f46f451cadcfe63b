//! Uploads, downloads and deletions, without HTTP.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures_util::Stream;
use tokio::sync::Mutex;

use crate::audit::Audit;
use crate::auth::{Account, Accounts};
use crate::layers;
use crate::maintenance::{Maintenance, Policy};
use crate::registry::{next_ticket, FileMeta, Registry};
use crate::rules::Rules;
use crate::stats::Stats;
use crate::storage::{Manifest, Quota, Staged, Storage};
use crate::{Config, UploadError};

/// So many uploads are told by [`Service::recent`].
const RECENT: usize = 100;

pub struct Service {
    accounts: Accounts,
    registry: Mutex<Registry>,
    manifest: Mutex<Manifest>,
    quota: Quota,
    storage: Storage,
    stats: Stats,
    audit: Audit,
    maintenance: Maintenance,
    rules: Rules,
    recent: parking_lot::Mutex<VecDeque<String>>,
}

/// What came with the body of an upload.
#[derive(Debug)]
pub struct Upload {
    pub name: String,
    pub tags: Vec<String>,
    pub expected_crc: Option<u32>,
}

/// What the sender is told.
#[derive(Debug, PartialEq, Eq)]
pub struct Receipt {
    pub name: String,
    pub bytes: u64,
    pub crc: u32,
    pub replaced: bool,
}

impl Service {
    pub async fn open(config: Config) -> io::Result<Self> {
        let storage = Storage::open(config.dir.clone()).await?;
        let (manifest, files) = Manifest::load(&config.dir).await?;
        let rules = Rules::new(&config.dir);
        rules.reload().await?;
        let quota = Quota::new(config.capacity);
        for meta in &files {
            quota
                .charge(&meta.name, meta.bytes)
                .map_err(io::Error::other)?;
        }
        Ok(Service {
            accounts: Accounts::new(
                config.tokens,
                config.dir.join("limits"),
                config.max_upload,
                config.session,
            ),
            registry: Mutex::new(Registry::with_files(files)),
            manifest: Mutex::new(manifest),
            quota,
            storage,
            stats: Stats::new(),
            audit: Audit::new(config.dir.join("audit.log")),
            maintenance: Maintenance::new(Policy {
                every: config.tidy_every,
                grace: config.grace,
                reports: config.dir.join("reports"),
            }),
            rules,
            recent: parking_lot::Mutex::new(VecDeque::new()),
        })
    }

    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    pub fn maintenance(&self) -> &Maintenance {
        &self.maintenance
    }

    /// Takes one upload, from its headers to its receipt.
    pub async fn accept<S, E>(
        self: &Arc<Self>,
        authorization: Option<&str>,
        upload: Upload,
        body: &mut S,
    ) -> Result<Receipt, UploadError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: Into<UploadError>,
    {
        if self.stats.is_draining() {
            return Err(UploadError::Draining);
        }
        let _in_flight = self.stats.enter();
        let started = Instant::now();
        let account = self.accounts.authenticate(authorization).await?;
        if !is_plain(upload.name.clone()) || self.rules.refuses(&upload.name) {
            return Err(UploadError::BadName);
        }

        let ticket = next_ticket();
        let received = self.receive(ticket, &account, &upload, body).await;
        let stored = match received {
            Ok((staged, crc)) => {
                self.publish_apart(ticket, &account, upload, staged, crc)
                    .await
            }
            Err(error) => Err(error),
        };
        match stored {
            Ok(receipt) => {
                self.stats.record_upload(receipt.bytes, started.elapsed());
                let line = format!("{} put {}", account.name.clone(), receipt.name);
                self.audit.note(line);
                let mut recent = self.recent.lock();
                recent.push_back(format!("{} {}", receipt.name, receipt.bytes));
                if recent.len() > RECENT {
                    recent.pop_front();
                }
                drop(recent);
                Ok(receipt)
            }
            Err(error) => {
                self.registry.lock().await.abandon(ticket);
                self.maintenance.orphan(self.storage.staging_path(ticket));
                Err(error)
            }
        }
    }

    /// Brings the body to disk and checks it.
    async fn receive<S, E>(
        &self,
        ticket: u64,
        account: &Account,
        upload: &Upload,
        body: &mut S,
    ) -> Result<(Staged, u32), UploadError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: Into<UploadError>,
    {
        let mut registry = self.registry.lock().await;
        let expected_bytes = registry.find(&upload.name).map_or(0, |meta| meta.bytes);
        registry.open(ticket, account.name.clone(), upload.name.clone());

        let mut frames = layers::pipeline(body, account, &self.stats);
        let staged = self
            .storage
            .stage(ticket, expected_bytes, &mut frames)
            .await?;
        let actual = frames.crc();
        match upload.expected_crc {
            Some(expected) if expected != actual => Err(UploadError::Mismatch { expected, actual }),
            _ => Ok((staged, actual)),
        }
    }

    /// Publishes in a task of its own: a client that hangs up must not leave a blob without its
    /// line in the manifest.
    async fn publish_apart(
        self: &Arc<Self>,
        ticket: u64,
        account: &Account,
        upload: Upload,
        staged: Staged,
        crc: u32,
    ) -> Result<Receipt, UploadError> {
        let meta = FileMeta {
            // The receipt needs the name as well.
            name: upload.name.clone(),
            owner: account.name.clone(),
            path: self.storage.blob_path(ticket),
            bytes: staged.bytes,
            crc,
            kind: staged.kind.to_owned(),
            tags: upload.tags.clone(),
        };
        let bytes = meta.bytes;
        let from = staged.path;
        let service = Arc::clone(self);
        let published = Arc::clone(&self.stats.published);
        let job = tokio::spawn(async move {
            let previous = service.publish(ticket, &from, meta).await?;
            *published.lock().unwrap() += 1;
            let replaced = previous.is_some();
            if let Some(old) = previous {
                service.maintenance.retire(old.path);
            }
            Ok::<_, UploadError>(replaced)
        });
        let replaced = job.await.map_err(io::Error::other)??;
        Ok(Receipt {
            name: upload.name.to_string(),
            bytes,
            crc,
            replaced,
        })
    }

    async fn publish(
        &self,
        ticket: u64,
        from: &Path,
        meta: FileMeta,
    ) -> Result<Option<FileMeta>, UploadError> {
        // One writer from the rename to the registry: the manifest on disk and the registry have
        // to agree on which of two uploads of one name was the last.
        let mut manifest = self.manifest.lock().await;
        let held = self.quota.charge(&meta.name, meta.bytes)?;
        let written = match tokio::fs::rename(from, &meta.path).await {
            Ok(()) => manifest.insert(&meta).await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            self.quota.charge(&meta.name, held)?;
            self.maintenance.retire(meta.path);
            return Err(error.into());
        }
        Ok(self.registry.lock().await.close(ticket, meta))
    }

    /// A file and what is known about it, checked against its checksum.
    pub async fn fetch(&self, name: &str) -> Result<(FileMeta, Vec<u8>), UploadError> {
        if let Some(meta) = self.registry.lock().await.find(name).cloned() {
            let data = self.storage.read(&meta.path).await?;
            if crc_of(data.clone()) != meta.crc {
                return Err(UploadError::Corrupt);
            }
            self.stats.record_download(&meta.name).await;
            return Ok((meta, data));
        }
        Err(UploadError::NotFound)
    }

    /// The checksum of a file as it is on disk now.
    pub async fn checksum(&self, name: &str) -> Result<u32, UploadError> {
        let crc = self
            .storage
            .crc(self.registry.lock().await.path_of(name)?)
            .await?;
        Ok(crc)
    }

    /// Names and bytes of the last uploads, one a line.
    pub fn recent(&self) -> String {
        let recent = self.recent.lock();
        recent.iter().map(|line| format!("{line}\n")).collect()
    }

    /// One checksum over all files in the order of their names, for a mirror to compare.
    pub async fn digest(&self) -> Result<u32, UploadError> {
        let mut files: Vec<FileMeta> = self.registry.lock().await.files().cloned().collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));

        let mut hasher = crc32fast::Hasher::new();
        for meta in &files {
            hasher.update(&std::fs::read(&meta.path)?);
        }
        Ok(hasher.finalize())
    }

    /// What the operator has to say, "" for nothing.
    pub async fn notice(&self) -> String {
        std::fs::read_to_string(self.storage.notice_path()).unwrap_or_default()
    }

    pub async fn remove(&self, authorization: Option<&str>, name: &str) -> Result<(), UploadError> {
        let account = self.accounts.authenticate(authorization).await?;
        // The same order as in `publish`: a name leaves the registry and the manifest together.
        let mut manifest = self.manifest.lock().await;
        match self.registry.lock().await.remove(name) {
            Some(meta) => {
                manifest.remove(&meta.name).await?;
                self.quota.release(&meta.name);
                self.maintenance.retire(meta.path);
                self.audit.note(format!("{} removed {name}", account.name));
                Ok(())
            }
            None => Err(UploadError::NotFound),
        }
    }

    /// All files, one a line, by name.
    pub async fn list(&self) -> Result<String, UploadError> {
        let registry = self.registry.lock().await;
        let mut files: Vec<FileMeta> = registry.files().cloned().collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));

        let mut text = String::new();
        for meta in &files {
            let on_disk = self.storage.size(&meta.path).await?;
            text += &describe(meta.clone(), on_disk);
        }
        Ok(text)
    }

    /// Reads every file again and returns the names of those that are damaged.
    pub async fn scrub(
        self: &Arc<Self>,
        authorization: Option<&str>,
    ) -> Result<Vec<String>, UploadError> {
        self.accounts.authenticate(authorization).await?;
        let service = Arc::clone(self);
        let scrubbed = Arc::clone(&self.stats.scrubbed);
        let job = tokio::spawn(async move {
            let registry = service.registry.lock().await;
            let mut files: Vec<FileMeta> = registry.files().cloned().collect();
            files.sort_by(|a, b| a.name.cmp(&b.name));

            let mut damaged = Vec::new();
            for meta in files {
                let actual = service.storage.crc(meta.path.clone()).await?;
                *scrubbed.lock().unwrap() += 1;
                if actual != meta.crc {
                    damaged.push(meta.name.clone());
                }
            }
            Ok(damaged)
        });
        job.await.map_err(io::Error::other)?
    }

    /// Housekeeping, round after round.
    pub async fn maintain(&self) {
        loop {
            self.maintenance.pause().await;
            if let Err(error) = self.tidy().await {
                eprintln!("housekeeping: {error}");
            }
        }
    }

    /// One round of housekeeping.
    pub async fn tidy(&self) -> io::Result<()> {
        self.maintenance.sweep().await;
        self.maintenance.purge().await;
        self.audit.flush().await?;
        self.rules.reload().await?;
        let (uploads, bytes) = self.stats.take_window();
        let text = format!("{uploads} uploads, {bytes} bytes\n");
        self.maintenance.report(next_ticket(), text).await
    }
}

fn is_plain(name: String) -> bool {
    !name.starts_with('.')
        && (1..=128).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn crc_of(data: Vec<u8>) -> u32 {
    crc32fast::hash(&data)
}

fn describe(meta: FileMeta, on_disk: u64) -> String {
    format!(
        "{}\t{on_disk}\t{:08x}\t{}\t{}\t{}\n",
        meta.name,
        meta.crc,
        meta.kind,
        meta.owner,
        meta.tags.join(",")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_folder() {
        for name in ["a", "a.b-c_d", "7"] {
            assert!(is_plain(name.to_owned()), "{name}");
        }
        for name in ["", ".hidden", "..", "a/b", "a b", "\u{e9}"] {
            assert!(!is_plain(name.to_owned()), "{name}");
        }
        assert!(!is_plain("a".repeat(129)));
    }
}
