//! Which updates are about the same person?

use std::borrow::Cow;

use brazeline_kit::person::Audiences;
use brazeline_kit::{Event, Rejection};
use rustc_hash::FxHashMap;

use crate::action::{Action, Array, actions};
use crate::attribute::{Known, Role};
use crate::attributes::any_increments;
use crate::fields::{Field, Fields};
use crate::identifier::Identifier;
use crate::person::Profile;
use crate::settings::{BadAttributes, Settings};
use crate::update::Update;
use crate::{memberships, rule, transition};

/// Everything that a batch says, by person.
#[derive(Debug, Default)]
pub struct People<'a> {
    /// Who they are.
    pub persons: Vec<Person>,
    /// What profiles are to hold.
    pub profiles: Vec<Profile<'a>>,
    /// What persons did and bought.
    pub deeds: Vec<Deeds<'a>>,
    /// Events that go without an attribute, which and why.
    pub left_out: Vec<Rejection>,
    /// Their places, by the events' key. By the identifier where the key is none: it need not be the person's own.
    known: FxHashMap<Cow<'a, str>, usize>,
}

/// One person.
#[derive(Debug)]
pub struct Person {
    /// Who it is.
    pub identifier: Identifier,
    /// The place of the profile that takes the next event, if there is one.
    open: Option<usize>,
}

/// What one event says that a person did or bought.
#[derive(Debug)]
pub struct Deeds<'a> {
    /// The person's place.
    pub person: usize,
    /// The event's place in the batch.
    pub event: u32,
    /// At least one.
    pub actions: Vec<Action<'a>>,
}

impl<'a> People<'a> {
    /// Takes an event. An error says why it can never pass; then nothing of it is taken.
    pub fn take(&mut self, event: &Event<'a>, known: &mut Known<'_>, settings: &Settings) -> Result<(), String> {
        let mut update = Update::read(event, known)?;
        if update.is_known()? {
            return Ok(());
        }
        let person = self.person(event.key, &update)?;
        let fields = update.attributes.take().unwrap_or_default();
        let audiences = update.audiences()?;
        memberships::check(&audiences, settings)?;
        let mut deeds =
            if update.restated { Vec::new() } else { transition::actions(&audiences, &fields.list, settings)? };
        let (fields, left_out) = attributes(fields, &self.persons[person].identifier, settings)?;
        for (array, items) in [(Array::Events, update.events), (Array::Purchases, update.purchases)] {
            let given = actions(array, items).collect::<Result<Vec<_>, _>>()?;
            deeds.extend(given);
        }
        let actions = deeds;
        self.check_size(person, &actions, settings)?;
        self.left_out.extend(left_out.map(|reason| Rejection { index: event.index, reason }));
        if !fields.list.is_empty() || !audiences.of.is_empty() || !audiences.members_in.is_empty() {
            self.add(event.index, person, fields, audiences, settings.merge_objects);
        }
        if !actions.is_empty() {
            self.deeds.push(Deeds { person, event: event.index, actions });
        }
        Ok(())
    }

    fn person(&mut self, key: &'a str, update: &Update<'a>) -> Result<usize, String> {
        if let Some(person) = self.known.get(key) {
            return Ok(*person);
        }
        match Identifier::of_key(key) {
            Some(identifier) => Ok(self.meet(Cow::Borrowed(key), identifier?)),
            None => {
                let identifier = Identifier::of_user(update)?;
                let name = Cow::Owned(identifier.member.clone());
                let known = self.known.get(&name).copied();
                Ok(known.unwrap_or_else(|| self.meet(name, identifier)))
            }
        }
    }

    fn meet(&mut self, name: Cow<'a, str>, identifier: Identifier) -> usize {
        let person = self.persons.len();
        self.persons.push(Person { identifier, open: None });
        self.known.insert(name, person);
        person
    }

    fn check_size(&self, person: usize, actions: &[Action<'_>], settings: &Settings) -> Result<(), String> {
        let most = settings.object_bytes().saturating_sub(self.persons[person].identifier.member.len());
        match actions.iter().find(|action| action.json.len() > most) {
            Some(action) => Err(too_large(action.array, settings)),
            None => Ok(()),
        }
    }

    fn add(&mut self, event: u32, person: usize, fields: Fields<'a>, audiences: Audiences<'a>, merged: bool) {
        let increments = any_increments(&fields.list);
        let before = self.persons[person].open.map(|place| &mut self.profiles[place]);
        let round = before.as_ref().map_or(0, |before| before.round + 1);
        let fields = match before {
            Some(before) if before.increments == increments => match before.attributes.join(fields, merged) {
                Ok(()) => return before.also(event, audiences),
                Err(fields) => fields,
            },
            _ => fields,
        };
        let mut profile = Profile { person, round, increments, ..Profile::default() };
        profile.attributes = fields.into();
        profile.also(event, audiences);
        self.persons[person].open = Some(self.profiles.len());
        self.profiles.push(profile);
    }
}

impl<'a> Profile<'a> {
    fn also(&mut self, event: u32, audiences: Audiences<'a>) {
        self.memberships.join(audiences);
        self.events.push(event);
    }
}

/// Without those that Braze would read as whom the object is about (so an identifier is never unset), and, unless the settings say otherwise,
/// without those that it would not keep; and what is to be said of those.
fn attributes<'a>(
    mut fields: Fields<'a>,
    identifier: &Identifier,
    settings: &Settings,
) -> Result<(Fields<'a>, Option<String>), String> {
    fields.retain(|field| !identifier.conflicts(field.about.role));
    if let Some((field, reason)) = fields.list.iter().find_map(|field| Some((field, not_here(field)?))) {
        return Err(format!("/attributes/{}: {reason}", field.name.as_str()));
    }
    let wrong = |field: &Field<'_>| {
        let rule = rule::check(field.name.as_str(), field.about.check, &field.value).err()?;
        Some(format!("/attributes/{}: {rule}", short(field.name.as_str())))
    };
    let bad: Vec<String> = match settings.bad_attributes {
        BadAttributes::Reject => fields.list.iter().find_map(wrong).map_or(Ok(Vec::new()), Err)?,
        BadAttributes::SetAside | BadAttributes::Drop => fields.list.iter().filter_map(wrong).collect(),
    };
    if bad.is_empty() {
        return Ok((fields, None));
    }
    fields.retain(|field| wrong(field).is_none());
    let is_said = settings.bad_attributes == BadAttributes::SetAside;
    Ok((fields, is_said.then(|| format!("the update goes without this: {}", bad.join("; ")))))
}

/// Why an attribute must be said otherwise, if it must.
fn not_here(field: &Field<'_>) -> Option<&'static str> {
    match field.about.role {
        Role::Memberships => Some(
            "this attribute holds the audiences; say memberships under `audiences`, or choose another `membership_attribute`",
        ),
        Role::Audience => Some(
            "this attribute holds an audience; say memberships under `audiences`, or choose another `boolean_attribute`",
        ),
        Role::UpdateOnly => Some("this is a setting of the sink, `update_existing_only`"),
        Role::MergeObjects if !matches!(field.value.as_ref(), "true" | "false") => {
            Some("this is neither `true` nor `false`")
        }
        _ => None,
    }
}

/// A name, cut where nobody reads on.
fn short(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(80) {
        Some((end, _)) => Cow::Owned(format!("{}…", &name[..end])),
        None => Cow::Borrowed(name),
    }
}

/// Why an object can never be sent.
#[must_use]
pub fn too_large(array: Array, settings: &Settings) -> String {
    format!("/{}: an object does not fit into a request of {} bytes", array.name(), settings.body_bytes())
}
