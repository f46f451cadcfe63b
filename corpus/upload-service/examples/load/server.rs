//! The service under load: on threads of its own, in a folder of its own. Its housekeeping, of which
//! a round comes every half minute, does not run.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use upload_service::{serve, Config, Service};

use crate::Failure;

pub struct Server {
    pub address: SocketAddr,
    runtime: Runtime,
    running: JoinHandle<std::io::Result<()>>,
    stop: oneshot::Sender<()>,
    _folder: Folder,
}

impl Server {
    pub fn start() -> Result<Self, Failure> {
        let name = format!("upload-load-{}", std::process::id());
        let folder = Folder(std::env::temp_dir().join(name));
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        let (listener, service) = runtime.block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            let service = Service::open(Config::new(&folder.0)).await?;
            Ok::<_, Failure>((listener, Arc::new(service)))
        })?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let running = runtime.spawn(serve(listener, service, async {
            let _ = stopped.await;
        }));
        Ok(Server {
            address,
            runtime,
            running,
            stop,
            _folder: folder,
        })
    }

    /// Once all clients are gone: ends when the last request has.
    pub fn stop(self) -> Result<(), Failure> {
        self.stop
            .send(())
            .map_err(|()| "the service ended by itself")?;
        Ok(self.runtime.block_on(self.running)??)
    }
}

/// Removed with all that is in it, however the run ends.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
