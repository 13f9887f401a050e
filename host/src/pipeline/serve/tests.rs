//! What do senders hear, and what is kept together, when requests meet?

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;
use crate::component::types::{Batch, Field, Unread};
use crate::connector::Reading;
use crate::connector::server::bind;
use crate::delivery::inbound::Inbound;
use crate::pipeline::stop::stop;

/// Only a broken run takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads a body as the key of an event, or does what the body says.
struct Script {
    readers: usize,
    begun: Arc<Notify>,
    /// Who is told to wait, waits for this.
    go: Mutex<std::sync::mpsc::Receiver<()>>,
}

impl Reads for Script {
    fn receive(&self, arrival: &Arrival) -> Result<Received, CallError> {
        let body = String::from_utf8(arrival.body.clone()).unwrap();
        match body.as_str() {
            "wait" => {
                self.begun.notify_one();
                self.go.lock().unwrap().recv().unwrap();
            }
            "trap" => return Err(CallError::Trapped("unreachable".into())),
            "gone" => return Err(CallError::NotStarted("no memory".into())),
            "panic" => panic!("told to"),
            _ => {}
        }
        let mut events = Batch::new();
        events.push("external_id:u", body.as_bytes());
        Ok(Received { events, unread: Vec::new(), reply: server::message(201, &body) })
    }

    fn at_once(&self) -> usize {
        self.readers
    }
}

/// Keeps groups, each once it may.
struct Kept {
    groups: Mutex<Vec<Vec<String>>>,
    may: Semaphore,
    gathers: bool,
}

impl Intake for Kept {
    async fn push(&self, events: Batch, unread: Vec<Unread>) -> Result<(), Refused> {
        self.push_all(vec![Given { events, unread }]).await.remove(0)
    }

    async fn push_all(&self, given: Vec<Given>) -> Vec<Result<(), Refused>> {
        let shown = |Given { events, unread }: &Given| match unread.as_slice() {
            [] if events.bytes() > 100 => format!("{} bytes", events.body(0).len()),
            [] => String::from_utf8_lossy(events.body(0)).into_owned(),
            unread => format!("dead {}", String::from_utf8_lossy(&unread[0].raw)),
        };
        let shown: Vec<String> = given.iter().map(shown).collect();
        let refused = |one: &String| if one == "full" { Err(Refused::Stopped) } else { Ok(()) };
        let kept = shown.iter().map(refused).collect();
        assert!(!shown.contains(&"store panics".to_owned()), "told to");
        let is_stuck = shown.contains(&"stuck".to_owned());
        self.groups.lock().unwrap().push(shown);
        if is_stuck {
            std::future::pending::<()>().await;
        }
        self.may.acquire().await.unwrap().forget();
        kept
    }

    fn gathers(&self) -> bool {
        self.gathers
    }

    async fn read(&self, _: Reading) -> Result<(), Refused> {
        Err(Refused::Broken("it is not read again".into()))
    }

    fn resume(&self) -> Option<Vec<u8>> {
        None
    }

    fn renew(&self) -> u64 {
        0
    }
}

/// The receiver, without a server before it.
struct Desk {
    receiver: Arc<Receiver<Kept>>,
    readers: Readers,
    keeper: JoinHandle<()>,
    begun: Arc<Notify>,
    go: std::sync::mpsc::Sender<()>,
    kept: Arc<Kept>,
}

fn script(readers: usize) -> (Script, Arc<Notify>, std::sync::mpsc::Sender<()>) {
    let (go, gone) = std::sync::mpsc::channel();
    let begun = Arc::new(Notify::new());
    (Script { readers, begun: Arc::clone(&begun), go: gone.into() }, begun, go)
}

fn kept(may: usize, gathers: bool) -> Arc<Kept> {
    Arc::new(Kept { groups: Mutex::default(), may: Semaphore::new(may), gathers })
}

impl Desk {
    fn new(readers: usize, kept: Arc<Kept>) -> Self {
        let (script, begun, go) = script(readers);
        let (queue, inside) = (Arc::new(Queue::default()), Arc::new(Inside::default()));
        let (read, reads) = mpsc::unbounded_channel();
        let readers = Readers::start("in", script, &queue, &inside, read).unwrap();
        let keeper = tokio::spawn(keeper::keep(Arc::clone(&kept), Arc::clone(&inside), reads));
        let receiver = Arc::new(Receiver { queue, inside, inlet: Arc::clone(&kept) });
        Self { receiver, readers, keeper, begun, go, kept }
    }

    /// Sends one; it waits for a thread when this comes back.
    async fn send(&self, body: &str) -> JoinHandle<(u16, String)> {
        let (receiver, arrival) = (Arc::clone(&self.receiver), arrival(body));
        let (sent, is_sent) = oneshot::channel();
        let answer = tokio::spawn(async move {
            let mut answer = std::pin::pin!(receiver.answer(arrival, Held::nothing()));
            // It is in the queue once it was polled.
            let first = futures_util::poll!(answer.as_mut());
            sent.send(()).unwrap();
            let reply = match first {
                std::task::Poll::Ready(reply) => reply,
                std::task::Poll::Pending => answer.await,
            };
            (reply.status, String::from_utf8(reply.body).unwrap())
        });
        is_sent.await.unwrap();
        answer
    }

    async fn send_all(&self, bodies: &[&str]) -> Vec<JoinHandle<(u16, String)>> {
        let mut answers = Vec::new();
        for body in bodies {
            answers.push(self.send(body).await);
        }
        answers
    }

    fn groups(&self) -> Vec<Vec<String>> {
        self.kept.groups.lock().unwrap().clone()
    }

    async fn end(self) {
        timeout(PATIENCE, self.readers.end()).await.unwrap();
        timeout(PATIENCE, self.keeper).await.unwrap().unwrap();
    }
}

fn arrival(body: &str) -> Arrival {
    let (method, path, headers) = ("POST".into(), "/".into(), Vec::<Field>::new());
    Arrival { method, path, query: Vec::new(), headers, body: body.into(), received_at_ms: 1 }
}

async fn status(answer: JoinHandle<(u16, String)>) -> u16 {
    timeout(PATIENCE, answer).await.expect("it should have been answered").unwrap().0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_a_group_is_answered_for_itself() {
    let desk = Desk::new(1, kept(1, true));
    let first = desk.send("wait").await;
    desk.begun.notified().await;
    let table = [
        ("a", 201),
        ("trap", 200),
        ("b", 201),
        ("gone", 500),
        ("panic", 500),
        ("full", 503),
        ("c", 201),
        ("trap", 200),
    ];
    let answers = desk.send_all(&table.map(|(body, _)| body)).await;
    desk.go.send(()).unwrap();
    assert_eq!(status(first).await, 201);
    desk.kept.may.add_permits(table.len());
    for (answer, (body, expected)) in answers.into_iter().zip(table) {
        let (status, said) = timeout(PATIENCE, answer).await.unwrap().unwrap();
        assert_eq!(status, expected, "{body}: {said}");
        assert!(status != 201 || said == format!(r#"{{"message":"{body}"}}"#), "{body} got another's: {said}");
    }
    assert_eq!(desk.groups().concat(), ["wait", "a", "dead trap", "b", "full", "c", "dead trap"]);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_at_the_end_is_told_to_come_again() {
    let desk = Desk::new(1, kept(1, true));
    let first = desk.send("wait").await;
    desk.begun.notified().await;
    let waiting = desk.send("a").await;
    let Desk { receiver, readers, keeper, go, kept, .. } = desk;
    let ends = tokio::spawn(readers.end());
    assert_eq!(status(waiting).await, 503);
    go.send(()).unwrap();
    assert_eq!(status(first).await, 201);
    timeout(PATIENCE, ends).await.unwrap().unwrap();
    timeout(PATIENCE, keeper).await.unwrap().unwrap();
    assert_eq!(receiver.answer(arrival("late"), Held::nothing()).await.status, 503);
    assert_eq!(*kept.groups.lock().unwrap(), [["wait"]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_read_during_a_commit_shares_the_next() {
    let desk = Desk::new(1, kept(0, true));
    let half = "x".repeat(600 * 1024);
    // The last is read when all before it are.
    let first = desk.send("first").await;
    while desk.groups().is_empty() {
        tokio::task::yield_now().await;
    }
    let mut answers = desk.send_all(&["a", "b", &half, &half, "c", "wait"]).await;
    desk.begun.notified().await;
    desk.kept.may.add_permits(3);
    assert_eq!(status(first).await, 201);
    let last = answers.pop().unwrap();
    for answer in answers {
        assert_eq!(status(answer).await, 201);
    }
    desk.go.send(()).unwrap();
    desk.kept.may.add_permits(1);
    assert_eq!(status(last).await, 201);
    let large = "614400 bytes";
    assert_eq!(desk.groups(), [&["first"][..], &["a", "b", large, large], &["c"], &["wait"]]);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_takes_long_holds_up_nobody_else() {
    let desk = Desk::new(2, kept(100, true));
    let slow = desk.send("wait").await;
    desk.begun.notified().await;
    for answer in desk.send_all(&["a", "b", "c"]).await {
        assert_eq!(status(answer).await, 201);
    }
    assert!(!slow.is_finished());
    desk.go.send(()).unwrap();
    assert_eq!(status(slow).await, 201);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_delivery_waits_alone() {
    let desk = Desk::new(1, kept(100, false));
    let stuck = desk.send("stuck").await;
    for answer in desk.send_all(&["a", "b"]).await {
        assert_eq!(status(answer).await, 201);
    }
    assert!(!stuck.is_finished());
    // Each goes its own way, so they come in no order, and the answers may be first.
    while desk.groups().len() < 3 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut groups = desk.groups();
    groups.sort_unstable();
    assert_eq!(groups, [["a"], ["b"], ["stuck"]]);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_while_storing_ends_with_its_group() {
    let desk = Desk::new(1, kept(100, true));
    let table = [("a", 201), ("store panics", 500), ("b", 201)];
    for (body, expected) in table {
        assert_eq!(status(desk.send(body).await).await, expected, "{body}");
    }
    desk.end().await;
}

/// Many connections, a stop while one request is being read and the rest wait: whoever hears 201 is kept, once, and everybody hears
/// something.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_in_the_middle_of_a_group_answers_all_of_it() {
    let (script, begun, go) = script(1);
    let kept = kept(1000, true);
    let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stopper, stop) = stop();
    let (source, inbound, told) = ("in".to_owned(), Inbound::default(), Vec::new());
    let door = Door { source, listener, inbound, max_body_bytes: 1000, identity: None, told };
    let served = tokio::spawn(serve(door, script, Arc::clone(&kept), stop));
    let say = move |body: String| async move {
        // Who comes too late finds nobody.
        let mut stream = TcpStream::connect(address).await.ok()?;
        let length = body.len();
        let request =
            format!("POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        Some((body, answer))
    };
    let first = tokio::spawn(say("wait".to_owned()));
    begun.notified().await;
    let others: Vec<_> = (0..40).map(|number| tokio::spawn(say(format!("n{number}")))).collect();
    // Of the others some are on their way, and some are not even connected.
    stopper.ask();
    go.send(()).unwrap();
    let mut heard = BTreeMap::new();
    for answer in others.into_iter().chain([first]) {
        if let Some((body, answer)) = timeout(PATIENCE, answer).await.unwrap().unwrap() {
            heard.insert(body, answer.starts_with("HTTP/1.1 201 "));
        }
    }
    timeout(PATIENCE, served).await.unwrap().unwrap().unwrap();
    let mut kept: Vec<String> = kept.groups.lock().unwrap().concat();
    kept.sort_unstable();
    let taken: Vec<String> = heard.iter().filter(|(_, taken)| **taken).map(|(body, _)| body.clone()).collect();
    assert_eq!(taken, kept);
    assert!(taken.contains(&"wait".to_owned()));
}
