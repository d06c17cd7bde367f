//! A broadcaster of the kind that most would write: Node and its `ws`.

use std::{
    io::Write,
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::net::TcpStream;

use super::{cpu_of, free_address};

pub struct Peer {
    pub address: SocketAddr,
    child: Child,
    _frames: tempfile::NamedTempFile,
}

impl Peer {
    /// Ready to send these frames at these moments, over and over.
    pub async fn start(record: &[(Instant, Vec<u8>)]) -> Peer {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a repository");
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        let begun = record.first().expect("frames").0;
        for (at, frame) in record {
            let millis = (*at - begun).as_secs_f64() * 1e3;
            let hex: String = frame.iter().map(|byte| format!("{byte:02x}")).collect();
            writeln!(file, "{millis:.3} {hex}").expect("a file takes frames");
        }
        let address = free_address();
        let child = Command::new("node")
            .arg(repository.join("end2end/bench/broadcast.mjs"))
            .arg(address.port().to_string())
            .arg(file.path())
            .stdin(Stdio::piped())
            .spawn()
            .expect("node starts");
        while TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Peer { address, child, _frames: file }
    }

    /// Has it begin to send.
    pub fn begin(&self) {
        writeln!(self.child.stdin.as_ref().expect("it listens"), "go").expect("it hears");
    }

    pub fn cpu(&self) -> Duration {
        cpu_of(self.child.id())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
