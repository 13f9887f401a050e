//! Shelves that fail.

use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;
use tokio::sync::mpsc;

use super::refused::ATTEMPTS;
use super::*;
use crate::clock::Clock;
use crate::component::{Library, Limits, Reference, test_components};
use crate::config::{self, Order, WhenDone};
use crate::connector::shelf::{Content, Doing, Fate, Item};
use crate::pipeline::ledger::{Book, Ledger, Room};
use crate::pipeline::source::{Keeping, Wave};
use crate::pipeline::stop::{Stopper, stop};
use crate::store::{Committer, Cursor, LocalStore};

/// A shelf on which two files lie if it can be listed, and that cannot be read.
#[derive(Default)]
struct Fails {
    is_far: bool,
    is_empty: bool,
    /// So many looks fail.
    looks: AtomicU32,
    looked: AtomicU32,
    opened: AtomicU32,
}

impl Shelf for Fails {
    fn name(&self) -> String {
        "there".to_owned()
    }

    fn is_far(&self) -> bool {
        self.is_far
    }

    fn list(&self) -> Doing<'_, Vec<Item>> {
        let fails = self.looked.fetch_add(1, Ordering::Relaxed) < self.looks.load(Ordering::Relaxed);
        let item = |name: &str| Item { name: name.to_owned(), size: 1, modified_ms: 1 };
        let items = if self.is_empty { Vec::new() } else { vec![item("a"), item("b")] };
        Box::pin(async move { if fails { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(items) } })
    }

    fn open<'a>(&'a self, _: &'a str, _: u64) -> Doing<'a, Content> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Err(io::ErrorKind::BrokenPipe.into()) })
    }

    fn put_away<'a>(&'a self, _: &'a Item, _: Fate) -> Doing<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// What reads from a shelf, and what stands around it.
struct Scene {
    shelf: Arc<Fails>,
    import: Import,
    clock: Clock,
    _waves: mpsc::Receiver<Wave>,
    _stopper: Stopper,
    // In the order in which they are closed.
    _committer: Committer,
    _folder: TempDir,
}

async fn scene(shelf: Fails, every: Every) -> Scene {
    let (folder, clock, (stopper, stop)) = (tempfile::tempdir().unwrap(), Clock::system(), stop());
    let committer = Committer::start(LocalStore::open(&folder.path().join("store"), 1 << 20).unwrap()).unwrap();
    let book = Book::new("in".into(), Room::new(1000, 1 << 20), false, vec![("out".into(), Cursor::default())]);
    let (waves, seen) = mpsc::channel(1);
    let inlet = Inlet {
        id: "in".into(),
        source: 0,
        keeping: Keeping::Source(None),
        waves,
        ledger: Arc::new(Ledger::new(vec![book])),
        store: committer.handle(),
        clock,
        stop,
    };
    // On a thread where it may block.
    let configure = || {
        let component =
            Library::new(None).unwrap().load(&Reference::File(test_components::path("lines").to_owned())).unwrap();
        component.configure("in", "{}", &Limits::default()).unwrap().0
    };
    let node = std::thread::spawn(configure).join().unwrap();
    let files = Files {
        shelf: config::Shelf::DropFolder { path: "unused".into(), recursive: false },
        pattern: glob::Pattern::new("*").unwrap(),
        settle: Duration::ZERO,
        order: Order::Name,
        when_done: WhenDone::Keep,
        again: false,
        pgp: None,
    };
    let (shelf, data_dir) = (Arc::new(shelf), folder.path().to_owned());
    let importer = Importer {
        node,
        shelf: shelf.clone(),
        files,
        every,
        keys: None,
        under: String::new(),
        data_dir,
        asked_for: false,
    };
    let import = Import::open(importer, Arc::new(inlet), Arc::default()).await.unwrap();
    Scene { shelf, import, clock, _waves: seen, _stopper: stopper, _committer: committer, _folder: folder }
}

const FOR_EVER: Every = Every::After(Duration::from_secs(3600));

#[tokio::test(start_paused = true)]
async fn a_look_that_fails_is_repeated_before_anything_counts_as_read() {
    let mut scene = scene(Fails { is_empty: true, looks: 2.into(), ..Fails::default() }, FOR_EVER).await;
    assert!(scene.import.drain().await.unwrap().is_continue());
    assert_eq!(scene.shelf.looked.load(Ordering::Relaxed), 3);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_ends_tries_a_line_that_brings_nothing_for_some_time() {
    let mut scene = scene(Fails { is_far: true, ..Fails::default() }, Every::Once).await;
    let begin = scene.clock.now();
    let went = scene.import.drain().await.unwrap();
    let reason = "`a` could not be read, 6 times in a row: broken pipe; the next run tries again";
    assert_eq!(went, Break(Some(reason.to_owned())));
    assert_eq!(scene.shelf.opened.load(Ordering::Relaxed), ATTEMPTS, "what comes behind it waits");
    let took = scene.clock.now().saturating_sub(begin);
    assert!(took >= Duration::from_secs(10), "ever more slowly: {took:?}");
    // Nor is a listing tried for ever.
    let mut scene = self::scene(Fails { is_far: true, looks: u32::MAX.into(), ..Fails::default() }, Every::Once).await;
    let went = scene.import.drain().await.unwrap();
    let reason = "`there` could not be read, 6 times in a row: connection reset; the next run tries again";
    assert_eq!(went, Break(Some(reason.to_owned())));
    // What passes is nothing to speak of.
    let mut scene =
        self::scene(Fails { is_far: true, is_empty: true, looks: 5.into(), ..Fails::default() }, Every::Once).await;
    assert!(scene.import.drain().await.unwrap().is_continue());
}

#[tokio::test(start_paused = true)]
async fn what_this_machine_refuses_is_told_at_once() {
    let mut scene = scene(Fails::default(), Every::Once).await;
    let error = scene.import.drain().await.unwrap_err();
    assert_eq!(format!("{error:#}"), "reading `a`: broken pipe");
    assert_eq!(scene.shelf.opened.load(Ordering::Relaxed), 1);
}
