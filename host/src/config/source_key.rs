//! The names of those host's keys in a source that do not mean something to every source.

use super::{deduplicate, every, files, options, public_url, tls};

/// When a caller is answered.
pub const ACKNOWLEDGE: &str = options::ACKNOWLEDGE.name;
/// Where it listens.
pub const ADDRESS: &str = options::ADDRESS_NAME;
/// The address at which others know it.
pub const PUBLIC_URL: &str = public_url::PUBLIC_URL;
/// The largest body.
pub const MAX_BODY: &str = options::MAX_BODY.name;
/// Its certificate.
pub const TLS: &str = tls::TLS;
/// Whether it drops what it took before.
pub const DEDUPLICATE: &str = deduplicate::DEDUPLICATE;
/// When it asks or looks again.
pub const EVERY: &str = every::EVERY.name;
/// Where its files lie.
pub const FILES: &str = files::FILES;
