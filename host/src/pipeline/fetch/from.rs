//! From where may files be fetched?

use http::Uri;

use crate::config::{FILES_FROM, Origin};

/// The place that the operator named, if they did.
#[derive(Debug, Clone, Default)]
pub struct FilesFrom {
    /// The place.
    pub origin: Option<Origin>,
    /// The authorization that names it, or would.
    pub authorization: Option<String>,
}

impl FilesFrom {
    /// Whether an address is one from which files are fetched. The address itself is never said: whoever knows it may fetch the file.
    pub fn allows(&self, address: &str) -> Result<Uri, String> {
        let uri: Uri = address.parse().map_err(|_| "the address of the file is none".to_owned())?;
        let origin = Origin::of(&uri).map_err(|error| format!("the address of the file {}", error.why))?;
        if self.origin.as_ref().is_some_and(|from| from.covers(&origin)) {
            return Ok(uri);
        }
        let to = self.authorization.as_ref().map_or_else(
            || "an authorization, and name that in the source".to_owned(),
            |name| format!("authorization `{name}`"),
        );
        let known = match &self.origin {
            Some(from) => format!("and files are fetched from {from} alone"),
            None => "and nothing says that files may be fetched from there".to_owned(),
        };
        Err(format!(
            "the file is said to lie at {origin}, {known}: if it is right, write `hosts: {{ {FILES_FROM}: \"{origin}\" }}` into {to}"
        ))
    }
}
