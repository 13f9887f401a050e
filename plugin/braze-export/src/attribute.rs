//! What does an attribute's name say?
//!
//! Everybody in a batch has the same attributes, so this is asked once for each name.

use brazeline_kit::json::Names;

use crate::attributes::MERGE_OBJECTS;
use crate::identifier::{UPDATE_ONLY, is_primary};
use crate::rule::{Check, reserved};
use crate::settings::Settings;

/// What is known about an attribute by its name.
#[derive(Debug, Clone, Copy)]
pub struct Attribute {
    /// What it is to us.
    pub role: Role,
    /// What Braze takes, if it is a field of its own.
    pub check: Option<Check>,
}

/// What an attribute is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// One as any other.
    Plain,
    /// Braze reads it as whom the object is about.
    Primary,
    /// The same, of an object about an e-mail address or a phone number.
    Email,
    /// The same, of an object about a phone number.
    Phone,
    /// Where the audiences stand.
    Memberships,
    /// Where an audience stands.
    Audience,
    /// A setting of ours.
    UpdateOnly,
    /// A setting of the update's.
    MergeObjects,
}

/// The attributes that a batch has.
#[derive(Debug)]
pub struct Known<'s> {
    settings: &'s Settings,
    names: Names<Attribute>,
}

impl<'s> Known<'s> {
    /// None yet.
    #[must_use]
    pub fn new(settings: &'s Settings) -> Self {
        Self { settings, names: Names::default() }
    }

    /// Their names, and what is learnt about one that is new.
    pub fn parts(&mut self) -> (&mut Names<Attribute>, impl Fn(&str) -> Attribute) {
        let settings = self.settings;
        (&mut self.names, move |name| Attribute::new(name, settings))
    }
}

impl Attribute {
    fn new(name: &str, settings: &Settings) -> Self {
        let role = match name {
            "email" => Role::Email,
            "phone" => Role::Phone,
            MERGE_OBJECTS => Role::MergeObjects,
            UPDATE_ONLY => Role::UpdateOnly,
            _ if is_primary(name) => Role::Primary,
            _ if name == settings.membership_attribute => Role::Memberships,
            _ if settings.boolean_attribute.covers(name) => Role::Audience,
            _ => Role::Plain,
        };
        Self { role, check: reserved::check(name) }
    }
}
