//! A source that asks for files, before servers on this machine that do what they are told.

use std::sync::LazyLock;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::*;
use crate::clock::Clock;
use crate::component::types::Errand;
use crate::component::{Library, Limits, Node, Reference, test_components};
use crate::config::{Every, Origin};
use crate::pipeline::fetch::asked::Asked;
use crate::pipeline::fetch::{Downloads, FilesFrom};
use crate::pipeline::poll::{self, Failed, Poller};
use crate::pipeline::stop::{Stopper, stop};
use crate::store::{Committer, LocalStore};

use super::super::course::Course;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::new(None).unwrap());

/// A source before a server, and what stands around it.
struct Scene {
    drive: Drive<Asked>,
    asked: Arc<Asked>,
    stopper: Stopper,
    // In the order in which they are closed.
    _committer: Committer,
    folder: TempDir,
}

/// On a thread where it may block.
fn node() -> Node {
    let configure = || {
        let component = LIBRARY.load(&Reference::File(test_components::path("pages").to_owned())).unwrap();
        component.configure("in", r#"{"audience":"vip"}"#, &Limits::default()).unwrap().0
    };
    std::thread::spawn(configure).join().unwrap()
}

async fn scene(origin: &str) -> Scene {
    let (folder, clock, (stopper, stop)) = (tempfile::tempdir().unwrap(), Clock::system(), stop());
    let committer = Committer::start(LocalStore::open(&folder.path().join("store"), 1 << 20).unwrap()).unwrap();
    let asked = Arc::new(Asked::load(&committer.handle(), "in").await.unwrap());
    let node = node();
    let origin = Origin::parse(origin).unwrap();
    let mut targets = crate::delivery::request::Targets::default();
    targets.add("feed", origin.clone(), None, false).unwrap();
    let fetched = crate::pipeline::fetch::folder(folder.path(), "in").unwrap();
    let downloads = Downloads::open(fetched, FilesFrom { origin: Some(origin), authorization: None }, Arc::default())
        .await
        .unwrap();
    let poller = Poller {
        node,
        targets: Arc::new(targets),
        client: crate::delivery::request::Client::new(clock),
        budgets: crate::delivery::budget::Shared::default(),
        every: Every::Once,
        downloads: Some(Arc::new(downloads)),
    };
    let course = Course::new(None, 0, false);
    let inlet = Arc::clone(&asked);
    let drive = Drive {
        poller,
        inlet,
        clock,
        stop,
        course,
        retry: crate::delivery::retry::Retry::default(),
        failed: Failed::default(),
    };
    Scene { drive, asked, stopper, _committer: committer, folder }
}

impl Scene {
    fn draw(&self) -> Draw {
        self.drive.poller.budgets.admit(self.drive.clock.now(), &[]).unwrap()
    }

    /// With what it is asked next after a restart.
    async fn next(&self) -> Request {
        let ask = poll::foresee(self.drive.poller.node.clone(), self.asked.resume().as_deref()).await.unwrap();
        let Errand::Page(request) = ask.errand else { panic!("it asks for files") };
        request
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    (listener, origin)
}

/// Takes the next request's head; its body is not waited for.
async fn accept(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut read = Vec::new();
    while !read.windows(4).any(|end| end == b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0);
    }
    stream
}

/// Fetches until something else than waiting comes of it: how often it waited, and what came.
async fn fetched(scene: &mut Scene, origin: &str) -> (u32, Turn) {
    let wanted = Download { address: format!("{origin}/a"), name: "a.zip".to_owned(), as_of_ms: 1 };
    for waits in 0..100 {
        let draw = scene.draw();
        match scene.drive.fetch(None, &wanted, draw).await.unwrap() {
            Turn::Wait(_) => {}
            turn => return (waits, turn),
        }
    }
    panic!("it is asked for ever");
}

#[tokio::test]
async fn a_file_that_always_breaks_off_without_a_mark_ends_the_run_and_the_next_asks_anew() {
    let (listener, origin) = listen().await;
    tokio::spawn(async move {
        // The third attempt brings more than those before.
        for attempt in 1.. {
            let mut stream = accept(&listener).await;
            let some = if attempt == 3 { "0123456" } else { "01234" };
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\n";
            stream.write_all(format!("{head}{some}").as_bytes()).await.unwrap();
        }
    });
    let mut scene = scene(&origin).await;
    let (waits, turn) = fetched(&mut scene, &origin).await;
    let Turn::Fail(reason) = turn else { panic!("it goes on after {waits}") };
    assert_eq!(waits, 3 + BREAKS - 1, "since the last that brought more: {reason}");
    assert!(
        reason.starts_with("the file `a.zip` broke off 10 times in a row without more of it than before ("),
        "{reason}"
    );
    assert!(poll::is_over(&scene.asked.resume().unwrap()), "a restart begins a run");
    assert!(scene.next().await.query.is_empty(), "it is asked for from the beginning");
}

#[tokio::test]
async fn a_server_that_is_away_is_waited_for() {
    let (listener, origin) = listen().await;
    drop(listener);
    let mut scene = scene(&origin).await;
    let wanted = Download { address: format!("{origin}/a"), name: "a.zip".to_owned(), as_of_ms: 1 };
    for _ in 0..3 * BREAKS {
        let draw = scene.draw();
        assert!(matches!(scene.drive.fetch(None, &wanted, draw).await.unwrap(), Turn::Wait(_)));
    }
}

#[tokio::test]
async fn a_file_that_stays_damaged_is_kept_in_the_end_for_whoever_reads_it() {
    let (listener, origin) = listen().await;
    tokio::spawn(async move {
        loop {
            let mut stream = accept(&listener).await;
            let said = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc";
            stream.write_all(said.as_bytes()).await.unwrap();
        }
    });
    let mut scene = scene(&origin).await;
    let kept = scene.folder.path().join("fetched/in/a.zip");
    let wanted = Download { address: format!("{origin}/a"), name: "a.zip".to_owned(), as_of_ms: 1 };
    for attempt in 1..=DAMAGES {
        let draw = scene.draw();
        scene.drive.fetch(None, &wanted, draw).await.unwrap();
        assert_eq!(kept.exists(), attempt == DAMAGES, "attempt {attempt}");
    }
    assert_eq!(std::fs::read_to_string(kept).unwrap(), "abc");
}

#[tokio::test]
async fn a_request_for_a_file_is_not_broken_off_by_a_stop() {
    let (listener, origin) = listen().await;
    let mut scene = scene(&origin).await;
    let (arrived, arrives) = oneshot::channel();
    let (answers, answer) = oneshot::channel();
    tokio::spawn(async move {
        let mut stream = accept(&listener).await;
        arrived.send(()).unwrap();
        let () = answer.await.unwrap();
        let body = r#"{"people":[],"next":"c2"}"#;
        let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    });
    let request = scene.next().await;
    let draw = scene.draw();
    let stopped = async {
        arrives.await.unwrap();
        scene.stopper.ask();
        // Whoever hears of the stop has had its turn before the answer comes.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        answers.send(()).unwrap();
    };
    let (turn, ()) = tokio::join!(scene.drive.send(None, &request, draw), stopped);
    assert!(matches!(turn.unwrap(), Turn::Ask));
    // What was asked for is known, so no other is asked for.
    assert_eq!(scene.next().await.query[0].value, "c2");
}
