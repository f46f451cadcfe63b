// reason: `connect(..)` (line 23) runs while the lock is held

use std::sync::Mutex;

pub(crate) struct Pool {
    open: Mutex<usize>,
    limit: usize,
}

fn connect(address: &str) -> Result<String, std::io::Error> {
    std::net::TcpStream::connect(address)?;
    Ok(address.to_owned())
}

impl Pool {
    /// Counted only when it could be opened: two callers must not both find the last place.
    pub(crate) fn open(&self, address: &str) -> Result<Option<String>, std::io::Error> {
        let mut open = self.open.lock().unwrap();
        if *open >= self.limit {
            return Ok(None);
        }
        {
            let connection = connect(address)?;
            *open += 1;
            Ok(Some(connection))
        }
    }
}
