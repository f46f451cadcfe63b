//! Settings, from the environment.

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Config {
    /// `UPLOAD_ADDR`: where to listen.
    pub addr: SocketAddr,
    /// `UPLOAD_DIR`: where files, manifest, audit log and reports are kept.
    pub dir: PathBuf,
    /// `UPLOAD_TOKENS`: `token=account`, separated by commas.
    pub tokens: Vec<(String, String)>,
    /// `UPLOAD_LIMIT`: bytes in one upload, unless the account has a limit of its own.
    pub max_upload: u64,
    /// `UPLOAD_CAPACITY`: bytes in all files together.
    pub capacity: u64,
    /// How long one upload may take.
    pub session: Duration,
    /// The pause between two rounds of housekeeping.
    pub tidy_every: Duration,
    /// How long a replaced or deleted file stays, for downloads that have begun.
    pub grace: Duration,
}

impl Config {
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Config {
            addr: SocketAddr::from(([127, 0, 0, 1], 8080)),
            dir: dir.into(),
            tokens: vec![("demo".into(), "demo".into())],
            max_upload: 16 << 20,
            capacity: 1 << 30,
            session: Duration::from_secs(300),
            tidy_every: Duration::from_secs(30),
            grace: Duration::from_secs(600),
        }
    }

    pub fn from_env() -> Result<Self, String> {
        let dir = env::var_os("UPLOAD_DIR")
            .map_or_else(|| env::temp_dir().join("upload-service"), PathBuf::from);
        let mut config = Config::new(dir);
        if let Ok(addr) = env::var("UPLOAD_ADDR") {
            config.addr = addr
                .parse()
                .map_err(|error| format!("UPLOAD_ADDR={addr}: {error}"))?;
        }
        if let Ok(tokens) = env::var("UPLOAD_TOKENS") {
            config.tokens = parse_tokens(&tokens)?;
        }
        if let Ok(limit) = env::var("UPLOAD_LIMIT") {
            config.max_upload = parse_bytes("UPLOAD_LIMIT", &limit)?;
        }
        if let Ok(capacity) = env::var("UPLOAD_CAPACITY") {
            config.capacity = parse_bytes("UPLOAD_CAPACITY", &capacity)?;
        }
        Ok(config)
    }
}

fn parse_tokens(text: &str) -> Result<Vec<(String, String)>, String> {
    text.split(',')
        .map(|pair| match pair.trim().split_once('=') {
            Some((token, account)) if !token.is_empty() && !account.is_empty() => {
                Ok((token.to_owned(), account.to_owned()))
            }
            _ => Err(format!("UPLOAD_TOKENS: {pair:?} is not token=account")),
        })
        .collect()
}

fn parse_bytes(variable: &str, text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|error| format!("{variable}={text}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_pairs() {
        let tokens = parse_tokens("a=ann, b=ben").unwrap();
        assert_eq!(
            tokens,
            [("a".into(), "ann".into()), ("b".into(), "ben".into())]
        );
        assert!(parse_tokens("a").is_err());
        assert!(parse_tokens("=ann").is_err());
    }

    #[test]
    fn byte_counts_name_their_variable() {
        assert_eq!(parse_bytes("UPLOAD_LIMIT", "12"), Ok(12));
        let error = parse_bytes("UPLOAD_LIMIT", "many").unwrap_err();
        assert!(error.starts_with("UPLOAD_LIMIT=many"));
    }
}
