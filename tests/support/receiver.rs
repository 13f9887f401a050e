//! A server that takes everything and keeps what it got, or answers what it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A server on a loopback port. It goes with the test's process.
pub struct Receiver {
    address: String,
    bodies: Arc<Mutex<Vec<String>>>,
}

/// Answers a request by its head and its body, with a status and a body.
type Answers = fn(&str, &str) -> (u16, String);

impl Receiver {
    pub fn start() -> Self {
        Self::answering(|_, _| (200, "{}".to_owned()))
    }

    pub fn answering(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, bodies) = (listener.local_addr().unwrap().to_string(), Arc::new(Mutex::new(Vec::new())));
        let kept = Arc::clone(&bodies);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || while answer(&stream, &kept, answers).is_some() {});
            }
        });
        Self { address, bodies }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests came.
    pub fn count(&self) -> usize {
        self.bodies.lock().unwrap().len()
    }

    /// The lines of all bodies, sorted.
    pub fn lines(&self) -> Vec<String> {
        let bodies = self.bodies.lock().unwrap();
        let mut lines: Vec<String> = bodies.iter().flat_map(|body| body.lines()).map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    }
}

/// Answers one request; nothing once the connection has ended.
fn answer(stream: &TcpStream, kept: &Mutex<Vec<String>>, answers: Answers) -> Option<()> {
    let (mut reader, mut head) = (BufReader::new(stream), String::new());
    while !head.ends_with("\r\n\r\n") {
        (reader.read_line(&mut head).ok()? > 0).then_some(())?;
    }
    let lower = head.to_ascii_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).unwrap();
    let (status, answer) = answers(&head, &body);
    kept.lock().unwrap().push(body);
    let mut stream = stream;
    write!(stream, "HTTP/1.1 {status} said\r\ncontent-length: {}\r\n\r\n{answer}", answer.len()).ok()
}
