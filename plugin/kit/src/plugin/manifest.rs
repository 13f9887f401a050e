//! What a component tells of itself before it has settings.

use crate::Plugin;

/// What a component is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The name under which a pipeline file knows it.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// JSON Schema of its settings.
    pub settings_schema: String,
    /// The types of authorization that it takes.
    pub authorizations: &'static [&'static str],
    /// The state versions that it writes and reads.
    pub state_versions: &'static [u32],
}

/// Makes the manifest of a plugin out of its constants and the schema of its settings.
#[must_use]
pub fn describe<T: Plugin>() -> Manifest {
    let schema = schemars::schema_for!(T::Settings);
    Manifest {
        name: T::NAME,
        version: T::VERSION,
        summary: T::SUMMARY,
        settings_schema: schema.as_value().to_string(),
        authorizations: T::AUTHORIZATIONS,
        state_versions: T::STATE_VERSIONS,
    }
}
