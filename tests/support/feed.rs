//! A server with pages of people, which can be told to fail.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::json;

/// Three people a page.
const PAGE: usize = 3;

/// What it does instead of answering.
#[derive(Debug, Clone, Copy)]
pub enum Fails {
    /// It closes the connection in the middle of the page.
    Cuts,
    /// It answers with this status and these headers.
    Says(u16, &'static str),
}

/// A server on a loopback port. It goes with the test's process.
pub struct Feed {
    address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    people: usize,
    /// Which requests fail, counted from the first.
    fails: Vec<(usize, Fails)>,
    asked: Vec<String>,
}

impl Feed {
    /// With so many people.
    pub fn start(people: usize, fails: &[(usize, Fails)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = Arc::new(Mutex::new(State { people, fails: fails.to_vec(), asked: Vec::new() }));
        let (address, shared) = (listener.local_addr().unwrap().to_string(), Arc::clone(&state));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || while answer(&stream, &state).is_some() {});
            }
        });
        Self { address, state }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on it has so many.
    pub fn has(&self, people: usize) {
        self.state.lock().unwrap().people = people;
    }

    /// For which cursors it was asked, in order.
    pub fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }
}

/// Answers one request; nothing once the connection is of no use.
fn answer(mut stream: &TcpStream, state: &Mutex<State>) -> Option<()> {
    let (mut reader, mut head) = (BufReader::new(stream), String::new());
    while !head.ends_with("\r\n\r\n") {
        (reader.read_line(&mut head).ok()? > 0).then_some(())?;
    }
    let length = head.to_ascii_lowercase();
    let length = length.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    let cursor = head.split_whitespace().nth(1)?.split_once("cursor=").map_or("", |(_, cursor)| cursor).to_owned();
    let (fails, body) = {
        let mut state = state.lock().unwrap();
        let number = state.asked.len();
        state.asked.push(cursor.clone());
        (state.fails.iter().find(|(at, _)| *at == number).map(|(_, fails)| *fails), page(&cursor, state.people))
    };
    let length = body.len();
    match fails {
        None => write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}").ok(),
        Some(Fails::Cuts) => {
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", &body[..length / 2]).ok()?;
            stream.shutdown(std::net::Shutdown::Both).ok()?;
            None
        }
        Some(Fails::Says(status, headers)) => {
            write!(stream, "HTTP/1.1 {status} No\r\n{headers}content-length: 0\r\n\r\n").ok()
        }
    }
}

fn page(cursor: &str, people: usize) -> String {
    let from = cursor.parse().unwrap_or(0);
    let to = people.min(from + PAGE);
    let page: Vec<_> = (from..to).map(|number| json!({ "id": format!("u-{number}") })).collect();
    match to < people {
        true => json!({ "people": page, "next": to.to_string(), "total": people }),
        false => json!({ "people": page, "total": people }),
    }
    .to_string()
}
