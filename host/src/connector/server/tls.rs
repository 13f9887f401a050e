//! What a server shows to prove who it is.
//!
//! Certificates are renewed under a program that runs for months, so the files are read again when they change. Ones that cannot
//! be used (a new certificate whose key is still on its way) change nothing.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{Error, ServerConfig};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

use crate::config::Tls;
use crate::problem::Problem;

/// How often the files are looked at.
pub(super) const LOOK: Duration = Duration::from_secs(5);
/// What is spoken inside, most wanted first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// A server's certificate, as the files say it is.
#[derive(Debug)]
pub struct Identity {
    files: Tls,
    shown: RwLock<Arc<CertifiedKey>>,
    seen: RwLock<Hash>,
}

type Hash = [u8; 32];

impl Identity {
    /// Reads certificate and key.
    pub fn load(files: Tls) -> Result<Arc<Self>, Problem> {
        let text = Text::read(&files)?;
        let shown = text.key(&files)?;
        Ok(Arc::new(Self { files, shown: RwLock::new(Arc::new(shown)), seen: RwLock::new(text.hash()) }))
    }

    /// What accepts connections with it.
    pub(super) fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, Error> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let resolver = Arc::clone(self);
        let mut config =
            builder.with_safe_default_protocol_versions()?.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = PROTOCOLS.map(Vec::from).to_vec();
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Reads the files again, and shows what they hold if it is something else and can be used.
    pub(super) fn refresh(&self, source: &str) {
        // In the middle of a renewal a file may be away for a moment.
        let Ok(text) = Text::read(&self.files) else { return };
        let hash = text.hash();
        if *self.seen.read().unwrap_or_else(PoisonError::into_inner) == hash {
            return;
        }
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = hash;
        match text.key(&self.files) {
            Ok(key) => {
                *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                tracing::info!(source, "the certificate was changed");
            }
            Err(problem) => {
                tracing::warn!(
                    source,
                    problem = problem.what,
                    "the certificate was changed and cannot be used; the last one stays"
                );
            }
        }
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// What stands in the files.
struct Text {
    chain: Vec<u8>,
    key: Vec<u8>,
}

impl Text {
    fn read(files: &Tls) -> Result<Self, Problem> {
        Ok(Self { chain: content(&files.crt_file)?, key: content(&files.key_file)? })
    }

    fn hash(&self) -> Hash {
        // The key must not stay in memory twice.
        Sha256::new()
            .chain_update(Sha256::digest(&self.chain))
            .chain_update(Sha256::digest(&self.key))
            .finalize()
            .into()
    }

    /// Both, once it is proven that they belong together.
    fn key(&self, files: &Tls) -> Result<CertifiedKey, Problem> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.chain).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| {
            unusable(&files.crt_file, "holds no certificate in PEM", "name a file with `-----BEGIN CERTIFICATE-----`")
        })?;
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| {
            let help = "name a file with `-----BEGIN PRIVATE KEY-----`; one with a passphrase cannot be used";
            unusable(&files.key_file, "holds no private key in PEM", help)
        })?;
        CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| {
            let help = "name the certificate and the key that was made with it";
            unusable(&files.crt_file, &format!("does not go with `{}`", files.key_file.display()), help)
                .fact(error.to_string())
        })
    }
}

fn content(path: &Path) -> Result<Vec<u8>, Problem> {
    std::fs::read(path).map_err(|error| {
        let help = match error.kind() {
            ErrorKind::PermissionDenied => "let the user under whom this runs read it",
            _ => "mend the path, or put the file there",
        };
        unusable(path, "cannot be read", help).fact(error.to_string())
    })
}

fn unusable(path: &Path, why: &str, help: &str) -> Problem {
    Problem::error(format!("`{}` {why}", path.display()), help)
}
