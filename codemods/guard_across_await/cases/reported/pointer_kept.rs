// reason: a raw pointer to `names`, taken at line 15, is kept: it may be used when
use tokio::sync::Mutex;

extern "C" {
    fn strlen(text: *const u8) -> usize;
}

pub struct Names {
    names: Mutex<Vec<u8>>,
}

impl Names {
    pub async fn first(&self) -> usize {
        let names = self.names.lock().await;
        let at = names.as_ptr() as usize;
        wait().await;
        unsafe { strlen(at as *const u8) }
    }
}

async fn wait() {
    tokio::task::yield_now().await;
}
