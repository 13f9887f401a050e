//! What does a row say?

use std::borrow::Cow;

use brazeline_kit::Events;
use brazeline_kit::event::NoEvent;
use brazeline_kit::person::{self, Identifier, PersonUpdate, User};
use serde_json::value::RawValue;

use super::File;
use crate::audiences::Audience;

/// A row, whatever form its file has.
#[derive(Debug)]
pub struct Row<'a> {
    /// Whom it is about.
    pub identifier: Identifier<'a>,
    /// All audiences of the person, where there is a column of them.
    pub audiences: Option<Vec<Cow<'a, str>>>,
    /// The chosen fields.
    pub attributes: Option<Box<RawValue>>,
}

/// What came of a row.
pub type Said = Result<Option<NoEvent>, String>;

impl File {
    /// Adds a row's event. An error is about the whole file: that it names audiences in another way than the settings.
    pub fn say(&self, row: Row<'_>, as_of: Option<&str>, events: &mut Events) -> Said {
        let Row { identifier, audiences, attributes } = row;
        if let Some(named) = &audiences {
            self.check(named)?;
        }
        let key = identifier.key();
        let audiences = self.memberships(audiences, as_of);
        if audiences.is_none() && attributes.is_none() {
            return Ok(Some(NoEvent::Skipped("it has none of `fields`".to_owned())));
        }
        let (user, attributes) = (User::from(identifier), attributes.as_deref());
        let update = PersonUpdate { user, attributes, audiences, ..PersonUpdate::default() };
        Ok(events.push(&key, &update).err().map(|reason| NoEvent::about(key, reason)))
    }

    /// An audience with an id is known by it alone. Named by its slug it would be overlooked, and so everybody would have left it.
    fn check(&self, named: &[Cow<'_, str>]) -> Result<(), String> {
        let known = |name: &str| self.audiences.0.iter().any(|audience| audience.asked() == name);
        let by_slug = |audience: &&Audience| named.iter().any(|name| *name == audience.slug && !known(name));
        let overlooked = self.audiences.0.iter().filter(|audience| audience.id.is_some()).find(by_slug);
        overlooked.map_or(Ok(()), |Audience { slug, .. }| {
            Err(format!("it names the audience `{slug}` by its slug, and `audiences` by an id: leave the id out there"))
        })
    }

    fn memberships<'a>(
        &'a self,
        named: Option<Vec<Cow<'_, str>>>,
        as_of: Option<&'a str>,
    ) -> Option<person::Audiences<'a>> {
        let of_file = self.audience.as_deref();
        let words: Vec<(&str, bool)> = match named {
            Some(named) => {
                let is_in = |audience: &Audience| {
                    of_file == Some(&audience.slug) || named.iter().any(|name| *name == audience.asked())
                };
                self.audiences.0.iter().map(|audience| (audience.slug.as_str(), is_in(audience))).collect()
            }
            None => vec![(of_file?, true)],
        };
        let members_in = words.iter().filter(|(_, is_in)| *is_in).map(|(slug, _)| Cow::Borrowed(*slug)).collect();
        let of = words.into_iter().map(|(slug, _)| Cow::Borrowed(slug)).collect();
        Some(person::Audiences { members_in, of, as_of: as_of.map(Cow::Borrowed), ..person::Audiences::default() })
    }
}
