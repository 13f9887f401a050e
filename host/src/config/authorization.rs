//! A named credential: who somebody is, the secret that proves it, and where the secret may be sent.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::expiry;
use super::fields::{Fields, wrong};
use super::origin::Origin;
use super::place::{Placed, Report, Spot};
use super::secret::{self, Reference};
use super::settings::Settings;
use super::shape::{CREDENTIAL_RULE, is_credential_name};
use super::tree::{Entry, Tree, Value};
use crate::problem::Problem;

/// Among the hosts of an authorization: from where files are fetched that its vendor names. No credential goes there, so it may be a pattern.
pub const FILES_FROM: &str = "files";
/// The share of who leaves nothing to others.
const WHOLE: f64 = 1.0;

/// One of `authorizations`.
#[derive(Debug, Clone)]
pub struct Authorization {
    /// By which nodes name it.
    pub name: String,
    /// Where its name stands.
    pub spot: Spot,
    /// What kind of credential it is: `crm`, say.
    pub kind: Placed<String>,
    /// For people.
    pub label: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// Where each target of a component is, by the target's name.
    pub hosts: BTreeMap<String, Placed<Origin>>,
    /// Whether a secret may go to an `http://` origin.
    pub plain_http: bool,
    /// The day on which it ends.
    pub expires: Option<Placed<Date>>,
    /// How much of each of the vendor's budgets is this pipeline's: more than 0, and at most 1. The rest is left to others.
    pub share: f64,
    /// Members that are no secrets. Components see them.
    pub members: Settings,
    /// Members that are.
    pub secrets: BTreeMap<String, Placed<Reference>>,
}

impl Authorization {
    /// Reads one; `None` if it has no type or is no map.
    pub(super) fn read(entry: &Entry, report: &mut Report) -> Option<Self> {
        let name = &entry.key;
        if !is_credential_name(name) {
            report.error(entry.spot, format!("the name of authorization `{name}` is not allowed"), CREDENTIAL_RULE);
        }
        let mut fields = Fields::of(format!("authorization `{name}`"), &entry.value, report)?;
        let kind = fields
            .required("type", "add `type:`, the system that it is for; a plugin's `inspect` names its types", report)
            .and_then(|kind| fields.text_of(kind, report));
        let label = fields.text("label", report).map(|label| label.value);
        let description = fields.text("description", report).map(|description| description.value);
        let hosts = hosts(&mut fields, report);
        let plain_http = plain_http(&mut fields, report);
        let expires = expiry::read(&mut fields, report);
        let share = share(&mut fields, report);
        let secrets = fields.rest().filter_map(|member| reference(name, member, report)).collect::<BTreeMap<_, _>>();
        let open = fields.rest().filter(|member| !is_secret(member));
        let members = Settings::of(entry.value.spot, open);
        members_hold_no_secret(name, &fields, report);
        if !secrets.is_empty() && !plain_http {
            hosts.values().filter(|host| host.value.is_plain()).for_each(|host| refuse_plain(name, host, report));
        }
        Some(Self {
            name: name.clone(),
            spot: entry.spot,
            kind: kind?,
            label,
            description,
            hosts,
            plain_http,
            expires,
            share,
            members,
            secrets,
        })
    }
}

fn hosts(fields: &mut Fields<'_>, report: &mut Report) -> BTreeMap<String, Placed<Origin>> {
    let what = format!("`hosts` of {}", fields.what);
    let Some(entry) = fields.get("hosts") else { return BTreeMap::new() };
    let Some(inside) = Fields::of(what, &entry.value, report) else { return BTreeMap::new() };
    inside.rest().filter_map(|host| Some((host.key.clone(), origin(&inside.what, host, report)?))).collect()
}

fn origin(hosts: &str, entry: &Entry, report: &mut Report) -> Option<Placed<Origin>> {
    let spot = entry.value.spot;
    let what = format!("the origin of `{}` in {hosts}", entry.key);
    let Some(text) = entry.value.as_text() else {
        wrong(&what, &entry.value, "text", "write `\"https://...\"`", report);
        return None;
    };
    match Origin::parse(text) {
        // What carries a credential goes to one place.
        Ok(value) if value.is_pattern() && entry.key != FILES_FROM => {
            report.error(spot, format!("{what} has a `*` in it"), "name one host; only `files` may stand for several");
            None
        }
        Ok(value) => Some(Placed { value, spot }),
        Err(error) => {
            // A secret here has been reported already.
            if !secret::mentions_secret(text) {
                report.error(spot, format!("{what} {}", error.why), error.help);
            }
            None
        }
    }
}

fn plain_http(fields: &mut Fields<'_>, report: &mut Report) -> bool {
    let what = format!("`plain_http` of {}", fields.what);
    match fields.get("plain_http").map(|entry| &entry.value) {
        None => false,
        Some(Tree { value: Value::Bool(value), .. }) => *value,
        Some(other) => {
            wrong(&what, other, "true or false", "the default is `plain_http: false`", report);
            false
        }
    }
}

fn share(fields: &mut Fields<'_>, report: &mut Report) -> f64 {
    let Some(entry) = fields.get("share") else { return WHOLE };
    let number = match &entry.value.value {
        Value::Number(number) => number.as_f64(),
        _ => None,
    };
    number.filter(|share| *share > 0.0 && *share <= WHOLE).unwrap_or_else(|| {
        let (what, expected) = (format!("`share` of {}", fields.what), "a number above 0 and at most 1");
        wrong(&what, &entry.value, expected, "the default is `share: 1`; `share: 0.5` leaves half to others", report);
        WHOLE
    })
}

fn refuse_plain(name: &str, host: &Placed<Origin>, report: &mut Report) {
    let what = format!("authorization `{name}` would send a secret to {} without encryption", host.value);
    let help = format!(
        "use https, or add this line to authorization `{name}` if that is meant, for a sandbox on this machine:"
    );
    report.add(host.spot, Problem::error(what, help).help("plain_http: true"));
}

/// A member that is a secret, or should be one.
fn is_secret(member: &Entry) -> bool {
    member.value.as_text().is_some_and(secret::mentions_secret) || secret::must_be_secret(&member.key)
}

fn reference(name: &str, member: &Entry, report: &mut Report) -> Option<(String, Placed<Reference>)> {
    let text = member.value.as_text().filter(|text| secret::mentions_secret(text))?;
    let spot = member.value.spot;
    match Reference::parse(text) {
        Ok(value) => Some((member.key.clone(), Placed { value, spot })),
        Err((why, help)) => {
            report.error(spot, format!("`{}` of authorization `{name}` {why}", member.key), help);
            None
        }
    }
}

/// Whatever is named like a secret has to be one, however deep it stands.
fn members_hold_no_secret(name: &str, fields: &Fields<'_>, report: &mut Report) {
    for member in fields.rest() {
        written_out(name, &member.key, member, report);
    }
}

fn written_out(name: &str, path: &str, entry: &Entry, report: &mut Report) {
    let named = entry.value.as_text().is_some_and(secret::mentions_secret);
    if secret::must_be_secret(&entry.key) && !named {
        let what = format!("`{path}` of authorization `{name}` has to be a secret");
        let help = format!("take it from the environment or a file: `{}: \"SECRET[env.NAME]\"`", entry.key);
        let fact = "a key that is written into this file ends up in version control";
        return report.add(entry.value.spot, Problem::error(what, help).fact(fact));
    }
    within(name, path, &entry.value, report);
}

fn within(name: &str, path: &str, tree: &Tree, report: &mut Report) {
    match &tree.value {
        Value::Map(entries) => {
            entries.iter().for_each(|entry| written_out(name, &format!("{path}.{}", entry.key), entry, report));
        }
        Value::List(items) => items.iter().for_each(|item| within(name, path, item, report)),
        _ => {}
    }
}
