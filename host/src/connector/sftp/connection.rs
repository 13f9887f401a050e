//! A connection to an SFTP server, logged in.

use std::borrow::Cow;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use russh::MethodKind;
use russh::client::{self, AuthResult, Handle, Handler, KeyboardInteractiveAuthResponse};
use russh::keys::{PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate};
use russh_sftp::client::{Config as SftpConfig, SftpSession};
use tokio::net::TcpStream;

use super::account::Account;
use super::server_key::ServerKey;
use crate::problem::Problem;

/// From the first packet to the login.
const CONNECTING: Duration = Duration::from_secs(30);
/// How long a server may take for an answer, in seconds.
const ANSWER_SECONDS: u64 = 60;
/// A line that is cut without a word is noticed after three of these.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// At 255 KiB each, 8 MiB are on their way: 80 MB/s at 100 ms from there and back.
const READS: usize = 32;
/// Room for what is on its way, so that the server never waits for the window.
const WINDOW_BYTES: u32 = 16 << 20;

/// See the module.
pub struct Connection {
    session: Handle<Visitor>,
    /// What can be done there.
    pub files: SftpSession,
    is_broken: AtomicBool,
}

impl Connection {
    /// Connects and logs in. What a person has to mend is a [`Problem`] within the error.
    pub async fn open(account: &Account) -> io::Result<Self> {
        match tokio::time::timeout(CONNECTING, connect(account)).await {
            Ok(connection) => connection,
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, format!("{} does not answer", account.shown()))),
        }
    }

    /// Nothing more can be done with it.
    pub fn give_up(&self) {
        self.is_broken.store(true, Ordering::Relaxed);
    }

    /// Whether it may still be used.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        !self.is_broken.load(Ordering::Relaxed) && !self.session.is_closed()
    }
}

async fn connect(account: &Account) -> io::Result<Connection> {
    let stream = TcpStream::connect((account.host.as_str(), account.port)).await?;
    stream.set_nodelay(true)?;
    let refusal = Arc::new(Mutex::new(None));
    let (host, port, server_key) = (account.host.clone(), account.port, account.server_key.clone());
    let visitor = Visitor { host, port, server_key, refusal: Arc::clone(&refusal) };
    let mut session = match client::connect_stream(Arc::new(config(account)), stream, visitor).await {
        Ok(session) => session,
        Err(error) => {
            let refused = refusal.lock().unwrap_or_else(PoisonError::into_inner).take();
            return Err(refused.map_or_else(|| io::Error::other(error), needs_a_person));
        }
    };
    log_in(account, &mut session).await?;
    let channel = session.channel_open_session().await.map_err(io::Error::other)?;
    channel.request_subsystem(true, "sftp").await.map_err(io::Error::other)?;
    let config =
        SftpConfig { max_concurrent_reads: READS, request_timeout_secs: ANSWER_SECONDS, ..SftpConfig::default() };
    let files = SftpSession::new_with_config(channel.into_stream(), config).await.map_err(|error| {
        let what = format!("{} logs in, but the server offers no SFTP", account.shown());
        needs_a_person(Problem::error(what, "ask whoever runs it for a user that may use SFTP").fact(error.to_string()))
    })?;
    Ok(Connection { session, files, is_broken: AtomicBool::new(false) })
}

fn config(account: &Account) -> client::Config {
    let mut config = client::Config {
        window_size: WINDOW_BYTES,
        keepalive_interval: Some(KEEP_ALIVE),
        nodelay: true,
        ..client::Config::default()
    };
    // Those under which the server is known come first.
    let known = account.server_key.kinds(&account.host, account.port);
    let mut kinds = config.preferred.key.to_vec();
    kinds.sort_by_key(|kind| !known.contains(kind));
    config.preferred.key = Cow::Owned(kinds);
    config
}

/// With the key first, and then, if the server wants more or something else, with the password.
async fn log_in(account: &Account, session: &mut Handle<Visitor>) -> io::Result<()> {
    let mut refused = None;
    if let Some(key) = &account.private_key {
        let hash = session.best_supported_rsa_hash().await.map_err(io::Error::other)?.flatten();
        let key = PrivateKeyWithHashAlg::new(Arc::clone(key), hash);
        match session.authenticate_publickey(&account.user, key).await.map_err(io::Error::other)? {
            AuthResult::Success => return Ok(()),
            AuthResult::Failure { remaining_methods, .. } => refused = Some(remaining_methods),
        }
    }
    if let Some(password) = &account.password {
        match session.authenticate_password(&account.user, password.expose()).await.map_err(io::Error::other)? {
            AuthResult::Success => return Ok(()),
            // Many servers ask for a password in this way alone.
            AuthResult::Failure { remaining_methods, .. }
                if remaining_methods.contains(&MethodKind::KeyboardInteractive) =>
            {
                if is_taken_when_asked(account, password.expose(), session).await? {
                    return Ok(());
                }
                refused = Some(remaining_methods);
            }
            AuthResult::Failure { remaining_methods, .. } => refused = Some(remaining_methods),
        }
    }
    let takes = refused.iter().flat_map(|methods| methods.iter()).map(<&str>::from).collect::<Vec<_>>().join(", ");
    let what = format!("the server {}:{} does not let user `{}` in", account.host, account.port, account.user);
    let help = format!(
        "mend `user` or the secrets of authorization `{}`, or ask whoever runs the server",
        account.authorization
    );
    let problem = Problem::error(what, help);
    Err(needs_a_person(if takes.is_empty() { problem } else { problem.fact(format!("it would take: {takes}")) }))
}

async fn is_taken_when_asked(account: &Account, password: &str, session: &mut Handle<Visitor>) -> io::Result<bool> {
    let mut answer = session.authenticate_keyboard_interactive_start(&account.user, None).await;
    // One question is what a password takes; whoever asks on wants what nobody here knows.
    for _ in 0..2 {
        match answer.map_err(io::Error::other)? {
            KeyboardInteractiveAuthResponse::Success => return Ok(true),
            KeyboardInteractiveAuthResponse::Failure { .. } => return Ok(false),
            KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => {
                let answers = prompts.iter().map(|_| password.to_owned()).collect();
                answer = session.authenticate_keyboard_interactive_respond(answers).await;
            }
        }
    }
    Ok(matches!(answer, Ok(KeyboardInteractiveAuthResponse::Success)))
}

fn needs_a_person(problem: Problem) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, problem)
}

/// Meets the server.
struct Visitor {
    host: String,
    port: u16,
    server_key: ServerKey,
    refusal: Arc<Mutex<Option<Problem>>>,
}

impl Handler for Visitor {
    type Error = russh::Error;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        let key = match shown {
            PublicKeyOrCertificate::PublicKey { key, .. } => key.clone(),
            PublicKeyOrCertificate::Certificate(certificate) => PublicKey::from(certificate.public_key().clone()),
        };
        match self.server_key.judge(&self.host, self.port, &key) {
            Ok(()) => Ok(true),
            Err(problem) => {
                *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
                Ok(false)
            }
        }
    }
}
