//! Lets clients in by their keys, to SFTP and to nothing else.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use russh::keys::PublicKey;
use russh::server::{
    Auth, ChannelOpenHandle, Config, Handler, Msg, PublicKeyOffer, Session as Ssh, VerifiedPublicKey, run_stream,
};
use russh::{Channel, ChannelId, Disconnect, MethodKind, MethodSet};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

use super::account::Account;
use super::session::Session;
use super::uploads::Uploads;
use crate::problem::Problem;

/// So many may be connected at once, whether they have logged in or not.
const CONNECTIONS: usize = 64;
/// Channels of one connection: a client needs one.
const CHANNELS: usize = 4;
/// Within so long a client has to have logged in.
const GRACE: Duration = Duration::from_secs(30);
/// Who says nothing for so long is disconnected.
const IDLE: Duration = Duration::from_secs(300);
/// A client may have this many keys at hand.
const ATTEMPTS: usize = 6;

/// Listens until what comes back is aborted.
pub fn open(address: SocketAddr, account: Account, uploads: Arc<Uploads>) -> Result<JoinHandle<()>, Problem> {
    let bound = std::net::TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener)
    });
    let listener = bound.map_err(|error| {
        let what = format!("no SFTP server can listen at {address}");
        Problem::error(what, "free that port, or name another `address`").fact(error.to_string())
    })?;
    let Account { user, keys, host_key } = account;
    let config = Config {
        methods: MethodSet::from(&[MethodKind::PublicKey][..]),
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![host_key],
        max_auth_attempts: ATTEMPTS,
        inactivity_timeout: Some(IDLE),
        nodelay: true,
        ..Config::default()
    };
    let guests = Arc::new(Guests { user, keys, uploads });
    let address = listener.local_addr().map_or_else(|_| address.to_string(), |address| address.to_string());
    tracing::info!(address, "an SFTP server listens");
    Ok(tokio::spawn(listen(listener, Arc::new(config), guests)))
}

async fn listen(listener: TcpListener, config: Arc<Config>, guests: Arc<Guests>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, from)) => {
                let (config, guests) = (Arc::clone(&config), Arc::clone(&guests));
                tokio::spawn(serve(stream, from, config, guests, permit));
            }
            Err(error) => {
                // Mostly too many open files: it passes when others leave.
                tracing::warn!(%error, "nobody can be let in");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn serve(
    stream: TcpStream,
    from: SocketAddr,
    config: Arc<Config>,
    guests: Arc<Guests>,
    _permit: OwnedSemaphorePermit,
) {
    let is_in = Arc::new(AtomicBool::new(false));
    let visit = Visit { guests, is_in: Arc::clone(&is_in), from, channels: BTreeMap::new() };
    let Ok(Ok(mut running)) = tokio::time::timeout(GRACE, run_stream(config, stream, visit)).await else { return };
    let handle = running.handle();
    tokio::select! {
        _ = &mut running => return,
        () = tokio::time::sleep(GRACE) => {}
    }
    if !is_in.load(Ordering::Relaxed) {
        let why = "log in sooner".to_owned();
        drop(handle.disconnect(Disconnect::ByApplication, why, String::new()).await);
    }
    if let Err(error) = running.await {
        tracing::debug!(%from, %error, "a client left");
    }
}

/// Who may come in.
struct Guests {
    user: String,
    keys: Vec<PublicKey>,
    uploads: Arc<Uploads>,
}

/// A connection.
struct Visit {
    guests: Arc<Guests>,
    is_in: Arc<AtomicBool>,
    from: SocketAddr,
    channels: BTreeMap<ChannelId, Channel<Msg>>,
}

impl Visit {
    fn judge(&self, user: &str, key: &PublicKey) -> Auth {
        let is_known = self.guests.keys.iter().any(|known| known.key_data() == key.key_data());
        match is_known && user == self.guests.user {
            true => Auth::Accept,
            false => {
                tracing::warn!(from = %self.from, "a client with another user or key was turned away");
                Auth::reject()
            }
        }
    }
}

impl Handler for Visit {
    type Error = russh::Error;

    async fn auth_publickey_offered(&mut self, user: &str, key: PublicKeyOffer<'_>) -> Result<Auth, Self::Error> {
        Ok(self.judge(user, key.public_key))
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
        Ok(self.judge(user, key.public_key))
    }

    async fn auth_succeeded(&mut self, _: &mut Ssh) -> Result<(), Self::Error> {
        self.is_in.store(true, Ordering::Relaxed);
        tracing::info!(from = %self.from, "a client logged in");
        Ok(())
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Ssh,
    ) -> Result<(), Self::Error> {
        if self.channels.len() < CHANNELS {
            self.channels.insert(channel.id(), channel);
            reply.accept().await;
        }
        Ok(())
    }

    async fn subsystem_request(&mut self, id: ChannelId, name: &str, ssh: &mut Ssh) -> Result<(), Self::Error> {
        match self.channels.remove(&id).filter(|_| name == "sftp") {
            Some(channel) => {
                ssh.channel_success(id)?;
                let session = Session::new(Arc::clone(&self.guests.uploads));
                russh_sftp::server::run(channel.into_stream(), session).await;
                Ok(())
            }
            None => ssh.channel_failure(id),
        }
    }

    async fn shell_request(&mut self, id: ChannelId, ssh: &mut Ssh) -> Result<(), Self::Error> {
        ssh.channel_failure(id)
    }

    async fn exec_request(&mut self, id: ChannelId, _: &[u8], ssh: &mut Ssh) -> Result<(), Self::Error> {
        ssh.channel_failure(id)
    }
}
