//! Who asked the run to stop?

use tokio::sync::watch;

/// Asks for a stop.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// Hears of it.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

/// A stop that nobody has asked for yet, from both sides.
#[must_use]
pub fn stop() -> (Stopper, Stop) {
    let (asks, hears) = watch::channel(false);
    (Stopper(asks), Stop(hears))
}

impl Stopper {
    /// Asks everybody to stop.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Whether a stop was asked for.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Comes back when a stop is asked for, and never if nobody can ask any more.
    pub async fn asked(&mut self) {
        if self.0.wait_for(|asked| *asked).await.is_err() {
            std::future::pending().await
        }
    }
}

/// Comes back when the operating system asks for the end: SIGTERM or SIGINT.
pub async fn signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
