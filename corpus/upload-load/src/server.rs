//! The service under load, as a child process with a folder of its own.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::Failure;

const START: Duration = Duration::from_secs(20);

pub struct Server {
    pub address: String,
    child: Child,
    _lines: BufReader<ChildStdout>, // kept open: the service may print
    _folder: TempDir,
}

impl Server {
    pub async fn start(program: &Path) -> Result<Self, Failure> {
        let folder = TempDir::with_prefix("upload-load-")?;
        let mut child = Command::new(program)
            .env("UPLOAD_ADDR", "127.0.0.1:0")
            .env("UPLOAD_DIR", folder.path())
            .env("UPLOAD_TOKENS", "demo=demo")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let output = child.stdout.take().ok_or("the service has no stdout")?;
        let mut lines = BufReader::new(output);
        let mut line = String::new();
        timeout(START, lines.read_line(&mut line)).await??;
        let address = line
            .trim()
            .rsplit_once("http://")
            .ok_or_else(|| format!("the service did not say where it listens: {line:?}"))?
            .1
            .to_owned();
        Ok(Server {
            address,
            child,
            _lines: lines,
            _folder: folder,
        })
    }

    pub async fn stop(mut self) -> Result<(), Failure> {
        Ok(self.child.kill().await?)
    }
}
