//! Who is who?
//!
//! All profiles, found by any identifier (contract 1.3).

use std::collections::HashMap;

use super::attribute::Edit;
use super::change::{Change, What};
use super::profile::Profile;
use super::who::{Alias, Who};

/// All profiles.
#[derive(Debug, Clone, Default)]
pub struct People {
    list: Vec<Profile>,
    external_ids: HashMap<String, usize>,
    aliases: HashMap<Alias, usize>,
    emails: HashMap<String, Vec<usize>>,
    phones: HashMap<String, Vec<usize>>,
    changes: u64,
}

impl People {
    /// Everybody, in the order of creation.
    #[must_use]
    pub fn all(&self) -> &[Profile] {
        &self.list
    }

    /// One person.
    #[must_use]
    pub fn get(&self, who: &Who) -> Option<&Profile> {
        self.find(who).map(|place| &self.list[place])
    }

    /// Applies a change; what was dropped without a word is told to `dropped`.
    pub fn apply(&mut self, change: Change, array_most: usize, dropped: &mut impl FnMut(&'static str)) {
        let Some(place) = self.find_or_create(&change.who, change.update_only) else {
            return dropped("nobody has this identifier, and the object creates nobody");
        };
        self.changes += 1;
        self.list[place].changed = self.changes;
        match change.what {
            What::Attributes(edits, silent) => {
                silent.into_iter().for_each(&mut *dropped);
                edits
                    .into_iter()
                    .for_each(|(key, edit)| self.edit(place, key, edit, array_most).map_or((), &mut *dropped));
            }
            What::Event(event) => {
                self.list[place].data_points += 1;
                self.list[place].events.push(event);
            }
            What::Purchase(purchase) => {
                self.list[place].data_points += 1;
                self.list[place].purchases.push(purchase);
            }
        }
    }

    fn edit(&mut self, place: usize, key: String, edit: Edit, array_most: usize) -> Option<&'static str> {
        match (key.as_str(), &edit) {
            ("email" | "phone", _) => self.contact(place, &key, &edit),
            // Contract 2.4: this also changes other users with the same email.
            (_, Edit::Subscriptions(groups)) => self.subscribe(place, groups),
            _ => {}
        }
        self.list[place].edit(key, edit, array_most)
    }

    /// Finds a person, the most recently changed one of several with an external id, or else the most recently changed one.
    fn find(&self, who: &Who) -> Option<usize> {
        match who {
            Who::ExternalId(id) => self.external_ids.get(id).copied(),
            Who::Alias(alias) => self.aliases.get(alias).copied(),
            Who::BrazeId(id) => {
                usize::from_str_radix(id, 16).ok().filter(|place| *place < self.list.len() && id.len() == 24)
            }
            Who::Email(email) => self.newest(self.emails.get(email)?),
            Who::Phone(phone) => self.newest(self.phones.get(phone)?),
        }
    }

    fn newest(&self, places: &[usize]) -> Option<usize> {
        places.iter().copied().max_by_key(|place| {
            let profile = &self.list[*place];
            (profile.external_id.is_some(), profile.changed)
        })
    }

    fn find_or_create(&mut self, who: &Who, update_only: bool) -> Option<usize> {
        let found = self.find(who);
        // A braze_id is Braze's to give (contract 1.3).
        if found.is_some() || update_only || matches!(who, Who::BrazeId(_)) {
            return found;
        }
        let place = self.list.len();
        self.list.push(Profile { braze_id: format!("{place:024x}"), ..Profile::default() });
        self.name(place, who);
        Some(place)
    }

    fn name(&mut self, place: usize, who: &Who) {
        let profile = &mut self.list[place];
        match who {
            Who::ExternalId(id) => {
                profile.external_id = Some(id.clone());
                self.external_ids.insert(id.clone(), place);
            }
            Who::Alias(alias) => {
                profile.aliases.insert(alias.clone());
                self.aliases.insert(alias.clone(), place);
            }
            Who::Email(email) => {
                profile.fields.insert("email".into(), email.clone().into());
                self.emails.entry(email.clone()).or_default().push(place);
            }
            Who::Phone(phone) => {
                profile.fields.insert("phone".into(), phone.clone().into());
                self.phones.entry(phone.clone()).or_default().push(place);
            }
            Who::BrazeId(_) => {}
        }
    }

    /// Keeps the index of addresses or numbers in step with a field that is about to change.
    fn contact(&mut self, place: usize, key: &str, edit: &Edit) {
        let index = if key == "email" { &mut self.emails } else { &mut self.phones };
        if let Some(places) = self.list[place].text(key).and_then(|old| index.get_mut(old)) {
            places.retain(|other| *other != place);
        }
        if let Edit::Set(serde_json::Value::String(new)) = edit {
            index.entry(new.clone()).or_default().push(place);
        }
    }

    fn subscribe(&mut self, place: usize, groups: &[(String, String)]) {
        let email = self.list[place].text("email");
        let others = email.and_then(|email| self.emails.get(email)).cloned().unwrap_or_default();
        others.into_iter().for_each(|other| self.list[other].subscription_groups.extend(groups.iter().cloned()));
    }

    /// All data points of everybody.
    #[must_use]
    pub fn data_points(&self) -> u64 {
        self.list.iter().map(|profile| profile.data_points).sum()
    }
}
