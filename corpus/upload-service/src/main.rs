use std::error::Error;
use std::sync::Arc;

use tokio::net::TcpListener;
use upload_service::{serve, Config, Service};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env()?;
    let listener = TcpListener::bind(config.addr).await?;
    let service = Arc::new(Service::open(config).await?);
    println!("listening on http://{}", listener.local_addr()?);

    let stop = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        served = serve(listener, Arc::clone(&service), stop) => served?,
        () = service.maintain() => {}
    }
    service.audit().flush().await?;
    Ok(())
}
