//! Both vendors, listening.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::runtime::{Builder, Runtime};

use crate::braze::{self, Braze};
use crate::lytics::{self, Lytics};
use crate::server::Server;
use crate::stage::Stage;

/// How a sandbox is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Braze's key and rules.
    pub braze: braze::Options,
    /// Lytics' account, token and rules.
    pub lytics: lytics::Options,
    /// Where Braze listens; port 0 takes any free one.
    pub braze_address: SocketAddr,
    /// Where Lytics listens; port 0 takes any free one.
    pub lytics_address: SocketAddr,
    /// Whether the logs of requests keep the bodies. They hold data of persons, but never a key.
    pub keep_bodies: bool,
}

impl Default for Options {
    fn default() -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            braze: braze::Options::default(),
            lytics: lytics::Options::default(),
            braze_address: any,
            lytics_address: any,
            keep_bodies: false,
        }
    }
}

/// Both vendors; they stop when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    braze: Server<Braze>,
    lytics: Server<Lytics>,
}

impl Sandbox {
    /// Starts both.
    pub async fn start(options: Options) -> io::Result<Self> {
        let braze = Stage::new(Braze::new(options.braze), options.keep_bodies);
        let lytics = Stage::new(Lytics::new(options.lytics), options.keep_bodies);
        Ok(Self {
            braze: Server::start(braze, options.braze_address).await?,
            lytics: Server::start(lytics, options.lytics_address).await?,
        })
    }

    /// Starts both on a runtime of their own, for tests that are not async.
    pub fn blocking(options: Options) -> io::Result<Blocking> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let sandbox = runtime.block_on(Self::start(options))?;
        Ok(Blocking { sandbox, runtime: Some(runtime) })
    }

    /// The Braze of this sandbox.
    #[must_use]
    pub fn braze(&self) -> &Server<Braze> {
        &self.braze
    }

    /// The Lytics of this sandbox.
    #[must_use]
    pub fn lytics(&self) -> &Server<Lytics> {
        &self.lytics
    }
}

/// A sandbox on a runtime of its own. What is async is waited for with [`Blocking::wait`]:
/// `sandbox.wait(sandbox.braze().wait_until(|braze| braze.pending() == 0))`.
#[derive(Debug)]
pub struct Blocking {
    sandbox: Sandbox,
    runtime: Option<Runtime>,
}

impl Blocking {
    /// Waits for a future, one of the sandbox or any other.
    pub fn wait<F: Future>(&self, future: F) -> F::Output {
        match &self.runtime {
            Some(runtime) => runtime.block_on(future),
            None => unreachable!("the runtime is there until this is dropped"),
        }
    }
}

impl std::ops::Deref for Blocking {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl Drop for Blocking {
    /// A runtime that is dropped waits for what it runs; this one need not.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
