// reason: run in the loop of line 36
use tokio::sync::mpsc;

pub struct Packet(pub Vec<u8>);

pub struct Outbox {
    packets: mpsc::UnboundedSender<Packet>,
}

impl Outbox {
    pub fn open() -> Self {
        let (packets, rx) = mpsc::unbounded_channel::<Packet>();
        tokio::spawn(drain(rx));
        Self { packets }
    }

    fn put(&self, packet: Packet) {
        let _ = self.packets.send(packet);
    }
}

async fn drain(mut rx: mpsc::UnboundedReceiver<Packet>) {
    loop {
        tokio::select! {
            Some(packet) = rx.recv() => {
                let _ = tokio::fs::write("packet", packet.0).await;
            }
            else => break,
        }
    }
}

pub async fn pump(outbox: Outbox, socket: tokio::net::UdpSocket) {
    let mut buffer = vec![0; 1500];
    // each datagram becomes a packet
    while let Ok(n) = socket.recv(&mut buffer).await {
        outbox.put(Packet(buffer[..n].to_vec()));
    }
}
