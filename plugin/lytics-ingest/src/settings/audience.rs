//! How is an audience named?

use schemars::JsonSchema;
use serde::Deserialize;

use crate::audiences::Audience;

/// A slug, or an id with the slug that is written downstream.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a slug, or `{ id: .., slug: .. }`")]
pub enum AudienceName {
    /// Its slug, in Lytics and downstream.
    Slug(String),
    /// Pinned by its id.
    Pinned(Pinned),
}

/// An audience that Lytics may rename.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    /// Its id in Lytics.
    pub id: String,
    /// What is written downstream.
    pub slug: String,
}

impl From<AudienceName> for Audience {
    fn from(name: AudienceName) -> Self {
        match name {
            AudienceName::Slug(slug) => Self { id: None, slug },
            AudienceName::Pinned(Pinned { id, slug }) => Self { id: Some(id), slug },
        }
    }
}
