//! Who is uploading: bearer tokens and the accounts behind them.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::fs;
use tokio::sync::RwLock;

use crate::UploadError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    pub max_upload: u64,
    pub session: Duration,
}

/// Tokens in memory; limits of single accounts in files, so that an operator can change one
/// without a restart.
pub struct Accounts {
    tokens: RwLock<HashMap<String, String>>,
    limits: PathBuf,
    max_upload: u64,
    session: Duration,
}

impl Accounts {
    pub fn new(
        tokens: impl IntoIterator<Item = (String, String)>,
        limits: PathBuf,
        max_upload: u64,
        session: Duration,
    ) -> Self {
        Accounts {
            tokens: RwLock::new(tokens.into_iter().collect()),
            limits,
            max_upload,
            session,
        }
    }

    /// The account that an `Authorization` header speaks for.
    pub async fn authenticate(&self, header: Option<&str>) -> Result<Account, UploadError> {
        let token = header
            .and_then(bearer_token)
            .ok_or(UploadError::Unauthorized)?;
        let tokens = self.tokens.read().await;
        let name = tokens
            .get(token)
            .cloned()
            .ok_or(UploadError::Unauthorized)?;
        let max_upload = self.limit_of(&name).await?.unwrap_or(self.max_upload);
        Ok(Account {
            name: name.to_string(),
            max_upload,
            session: self.session,
        })
    }

    pub async fn grant(&self, token: String, account: String) {
        self.tokens.write().await.insert(token, account);
    }

    pub async fn revoke(&self, token: &str) -> bool {
        self.tokens.write().await.remove(token).is_some()
    }

    async fn limit_of(&self, account: &str) -> Result<Option<u64>, UploadError> {
        match fs::read_to_string(self.limits.join(account)).await {
            Ok(text) => Ok(text.trim().parse().ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn bearer_token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts() -> Accounts {
        Accounts::new(
            [("demo".to_owned(), "ann".to_owned())],
            PathBuf::from("/nonexistent"),
            10,
            Duration::from_secs(1),
        )
    }

    #[test]
    fn scheme_is_case_insensitive() {
        assert_eq!(bearer_token("Bearer abc"), Some("abc"));
        assert_eq!(bearer_token("bearer  abc"), Some("abc"));
        assert_eq!(bearer_token("Basic abc"), None);
        assert_eq!(bearer_token("abc"), None);
    }

    #[tokio::test]
    async fn knows_its_tokens() {
        let accounts = accounts();
        let ann = accounts.authenticate(Some("Bearer demo")).await.unwrap();
        assert_eq!((ann.name.as_str(), ann.max_upload), ("ann", 10));
        assert!(accounts.authenticate(Some("Bearer other")).await.is_err());
        assert!(accounts.authenticate(None).await.is_err());
    }

    #[tokio::test]
    async fn tokens_come_and_go() {
        let accounts = accounts();
        accounts.grant("new".into(), "ben".into()).await;
        assert!(accounts.authenticate(Some("Bearer new")).await.is_ok());
        assert!(accounts.revoke("new").await);
        assert!(!accounts.revoke("new").await);
        assert!(accounts.authenticate(Some("Bearer new")).await.is_err());
    }
}
