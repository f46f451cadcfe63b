// reason: it runs on a runtime of its own
use tokio::runtime::Runtime;

pub async fn wait(runtime: &Runtime) -> u8 {
    runtime.block_on(async { 1 })
}
