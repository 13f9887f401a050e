//! A vendor behind an address.
//!
//! A [`Server`] is a vendor's stage, a listener, and one lock that is taken once a request. Whoever tests looks through
//! [`Server::read`] or waits with [`Server::wait_until`], which sleeps until a request or a late application changed something.

mod act;
mod body;
mod control;
mod listen;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use act::Acts;

use crate::clock;
use crate::exchange::{Answer, Request};
use crate::fault::Fault;
use crate::stage::{Logged, Stage};

/// How long [`Server::wait_until`] waits. Only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A vendor that listens. It stops when this is dropped.
#[derive(Debug)]
pub struct Server<V: Acts> {
    shared: Arc<Shared<V>>,
    address: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

/// What did not come true in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut {
    /// How long it was waited for.
    pub after: Duration,
}

impl std::fmt::Display for TimedOut {
    fn fmt(&self, to: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(to, "what was waited for did not come true within {:?}", self.after)
    }
}

impl std::error::Error for TimedOut {}

#[derive(Debug)]
struct Shared<V> {
    stage: Mutex<Stage<V>>,
    /// Something was asked, so something may be due.
    asked: watch::Sender<()>,
    /// Something may have changed.
    changed: watch::Sender<()>,
}

impl<V: Acts> Server<V> {
    /// Starts to listen; port 0 takes any free one.
    pub async fn start(stage: Stage<V>, address: SocketAddr) -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            stage: Mutex::new(stage),
            asked: watch::Sender::new(()),
            changed: watch::Sender::new(()),
        });
        let accept = tokio::spawn(listen::accept(listener, Arc::clone(&shared)));
        let apply = tokio::spawn(apply_what_is_due(Arc::clone(&shared)));
        Ok(Self { shared, address, tasks: [accept, apply] })
    }

    /// Where it listens, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Looks at what it holds.
    pub fn read<T>(&self, look: impl FnOnce(&V) -> T) -> T {
        look(&self.shared.lock().vendor)
    }

    /// A copy of what it holds.
    #[must_use]
    pub fn state(&self) -> V {
        self.read(V::clone)
    }

    /// Changes it from outside, its rules for instance.
    pub fn change<T>(&self, change: impl FnOnce(&mut V) -> T) -> T {
        self.shared.change(|stage| change(&mut stage.vendor))
    }

    /// Lets the next requests go wrong, one each.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.change(|stage| stage.script.append(faults));
    }

    /// Lets every nth request go wrong from now on; 0 ends it.
    pub fn fail_every(&self, nth: u64, fault: Fault) {
        self.shared.change(|stage| stage.script.every(nth, fault));
    }

    /// What was asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Logged> {
        self.shared.lock().log.clone()
    }

    /// How many requests came so far.
    #[must_use]
    pub fn request_count(&self) -> usize {
        self.shared.lock().log.len()
    }

    /// Applies everything that was accepted and waits.
    pub fn apply(&self) {
        self.change(V::apply_all);
    }

    /// Forgets everything but the settings.
    pub fn reset(&self) {
        self.shared.change(Stage::reset);
    }

    /// Waits until this is true of what it holds, for 30 seconds at most.
    pub async fn wait_until(&self, is_true: impl Fn(&V) -> bool) -> Result<(), TimedOut> {
        self.wait_within(PATIENCE, |stage| is_true(&stage.vendor)).await
    }

    /// Waits until so many requests came, for 30 seconds at most.
    pub async fn wait_for_requests(&self, count: usize) -> Result<(), TimedOut> {
        self.wait_within(PATIENCE, |stage| stage.log.len() >= count).await
    }

    /// Waits until this is true of what it holds and what was asked.
    pub async fn wait_within(&self, after: Duration, is_true: impl Fn(&Stage<V>) -> bool) -> Result<(), TimedOut> {
        let mut changed = self.shared.changed.subscribe();
        let wait = async {
            while !is_true(&self.shared.lock()) {
                // The sender is in `shared`, which outlives this.
                let _ = changed.changed().await;
            }
        };
        tokio::time::timeout(after, wait).await.map_err(|_| TimedOut { after })
    }
}

impl<V: Acts> Drop for Server<V> {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl<V: Acts> Shared<V> {
    /// A test that panicked while it looked has not changed anything by halves.
    fn lock(&self) -> MutexGuard<'_, Stage<V>> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Stage<V>) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.send_replace(());
        self.asked.send_replace(());
        result
    }

    /// Answers a request: the page and what is under `/sandbox/` is ours, all else the vendor's.
    fn answer(&self, request: &Request) -> Answer {
        let is_ours = request.path == "/" || request.path.starts_with("/sandbox/");
        self.change(|stage| if is_ours { control::answer(stage, request) } else { stage.handle(request, clock::now()) })
    }
}

/// Applies late what was accepted, each when it is due.
async fn apply_what_is_due<V: Acts>(shared: Arc<Shared<V>>) {
    let mut asked = shared.asked.subscribe();
    loop {
        let now = clock::now();
        let next = shared.lock().vendor.apply_due(now);
        shared.changed.send_replace(());
        let ended = match next {
            Some(next) => {
                let wait = Duration::try_from(next.duration_since(now)).unwrap_or_default();
                tokio::time::timeout(wait, asked.changed()).await.is_ok_and(|asked| asked.is_err())
            }
            None => asked.changed().await.is_err(),
        };
        if ended {
            return;
        }
    }
}

/// A future that a task can run.
pub type Task<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send>>;
