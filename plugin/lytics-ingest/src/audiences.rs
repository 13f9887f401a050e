//! Which audiences are meant, and what are they called downstream?
//!
//! An audience with an id is known by it alone: Lytics may rename it, another may get its old name, and what is written stays the same.
//! One without is known by its slug. A list of names that does not name an audience says "not in it" only if the audience would have been
//! named so: one with an id says nothing in a list of slugs.

use std::borrow::Cow;

/// An audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// Its id in Lytics, where it is pinned by that.
    pub id: Option<String>,
    /// What is written downstream; without an id, its slug in Lytics, too.
    pub slug: String,
}

impl Audience {
    /// What Lytics is asked for.
    #[must_use]
    pub fn asked(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.slug)
    }

    /// Whether a person is in it whose audiences are these. None if they cannot tell.
    #[must_use]
    pub fn is_among(&self, names: &[Cow<'_, str>]) -> Option<bool> {
        let named = names.iter().any(|name| *name == self.asked());
        if self.id.is_some() && !named { None } else { Some(named) }
    }
}

/// The audiences of the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audiences(pub Vec<Audience>);

impl Audiences {
    /// What is written downstream, for each.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|audience| audience.slug.as_str())
    }

    /// The audience that Lytics calls so. By its id first; by its slug only where one of the two has no id.
    #[must_use]
    pub fn find(&self, id: Option<&str>, slug: &str) -> Option<&Audience> {
        let by_id = self.0.iter().find(|audience| id.is_some() && audience.id.as_deref() == id);
        by_id
            .or_else(|| self.0.iter().find(|audience| (id.is_none() || audience.id.is_none()) && audience.slug == slug))
    }
}
