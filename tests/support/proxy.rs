//! A line between a client and a server that drops.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every connection is cut after so many bytes from the server.
pub struct Proxy {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Proxy {
    pub fn cutting(server: u16, after: usize) -> Self {
        Self::cutting_first(server, after, usize::MAX)
    }

    /// The same for the first connections alone.
    pub fn cutting_first(server: u16, after: usize, connections: usize) -> Self {
        let most = connections;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (Ok(client), Ok(server)) = (client, TcpStream::connect(("127.0.0.1", server))) else { return };
                let after = if counted.fetch_add(1, Ordering::Relaxed) < most { after } else { usize::MAX };
                let (up, down) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || pass(up, server, usize::MAX));
                std::thread::spawn(move || pass(down, client, after));
            }
        });
        Self { port, connections }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many there were.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, after: usize) {
    let (mut buffer, mut left) = (vec![0; 64 * 1024], after);
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 || left == 0 || to.write_all(&buffer[..read.min(left)]).is_err() {
            break;
        }
        left -= read.min(left);
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
