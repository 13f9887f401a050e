//! `POST /users/export/ids`: what does Braze hold about these persons (contract 4)?
//!
//! The contract does not say with which status it succeeds; 201 is chosen, as `/users/track` does. A field that a profile does not have is
//! left out.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::limit;
use super::people::People;
use super::profile::Profile;
use super::track::Fatal;
use super::who::{Alias, Who};

/// The body.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    external_ids: Vec<String>,
    #[serde(default)]
    user_aliases: Vec<AliasNamed>,
    email_address: Option<String>,
    phone: Option<String>,
    fields_to_export: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct AliasNamed {
    alias_name: String,
    alias_label: String,
}

/// Answers with the profiles.
pub fn answer(body: &[u8], people: &People) -> Result<Value, Fatal> {
    let body: Body =
        serde_json::from_slice(body).map_err(|_| (StatusCode::BAD_REQUEST, "the body is no JSON of the right form"))?;
    // Contract 4: required for accounts from 2024-08-22.
    let Some(fields) = &body.fields_to_export else {
        return Err((StatusCode::BAD_REQUEST, "fields_to_export is needed"));
    };
    if body.external_ids.len().max(body.user_aliases.len()) > limit::EXPORT_IDS {
        return Err((StatusCode::BAD_REQUEST, "at most 50 external_ids or user_aliases are exported"));
    }
    let whom = body.whom();
    if whom.is_empty() {
        return Err((StatusCode::BAD_REQUEST, "external_ids, user_aliases, email_address or phone are needed"));
    }
    let (found, invalid): (Vec<_>, Vec<_>) =
        whom.into_iter().map(|who| (people.get(&who), who)).partition(|(profile, _)| profile.is_some());
    let users: Vec<Value> = found.into_iter().filter_map(|(profile, _)| Some(exported(profile?, fields))).collect();
    let mut reply = json!({"message": "success", "users": users});
    if !invalid.is_empty() {
        reply["invalid_user_ids"] = invalid.into_iter().map(|(_, who)| name(&who)).collect();
    }
    Ok(reply)
}

impl Body {
    fn whom(&self) -> Vec<Who> {
        let alias =
            |alias: &AliasNamed| Who::Alias(Alias { label: alias.alias_label.clone(), name: alias.alias_name.clone() });
        let ids = self.external_ids.iter().cloned().map(Who::ExternalId);
        let one = self.email_address.iter().cloned().map(Who::Email).chain(self.phone.iter().cloned().map(Who::Phone));
        ids.chain(self.user_aliases.iter().map(alias)).chain(one).collect()
    }
}

fn name(who: &Who) -> Value {
    match who {
        Who::ExternalId(id) | Who::BrazeId(id) | Who::Email(id) | Who::Phone(id) => json!(id),
        Who::Alias(alias) => json!({"alias_name": alias.name, "alias_label": alias.label}),
    }
}

fn exported(profile: &Profile, fields: &[String]) -> Value {
    let value = |field: &String| Some((field.clone(), value(profile, field)?));
    Value::Object(fields.iter().filter_map(value).collect::<Map<_, _>>())
}

fn value(profile: &Profile, field: &str) -> Option<Value> {
    match field {
        "external_id" => profile.external_id.as_ref().map(|id| json!(id)),
        "braze_id" => Some(json!(profile.braze_id)),
        "user_aliases" => {
            let alias = |alias: &Alias| json!({"alias_name": alias.name, "alias_label": alias.label});
            Some(profile.aliases.iter().map(alias).collect::<Vec<_>>()).filter(|all| !all.is_empty()).map(Value::Array)
        }
        "custom_attributes" => Some(json!(profile.attributes)).filter(|_| !profile.attributes.is_empty()),
        "custom_events" => counted(profile.events.iter().map(|event| (event.name.as_str(), event.time.to_string()))),
        "purchases" => counted(profile.purchases.iter().map(|one| (one.product_id.as_str(), one.time.to_string()))),
        field => profile.fields.get(field).cloned(),
    }
}

/// `name`, `first`, `last`, `count`.
fn counted<'a>(happened: impl Iterator<Item = (&'a str, String)>) -> Option<Value> {
    let mut all: Vec<(&str, String, String, u64)> = Vec::new();
    for (name, time) in happened {
        match all.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, first, last, count)) => {
                *first = time.clone().min(std::mem::take(first));
                *last = time.max(std::mem::take(last));
                *count += 1;
            }
            None => all.push((name, time.clone(), time, 1)),
        }
    }
    let one = |(name, first, last, count)| json!({"name": name, "first": first, "last": last, "count": count});
    (!all.is_empty()).then(|| all.into_iter().map(one).collect())
}
