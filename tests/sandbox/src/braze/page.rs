//! What a person sees of Braze.

use serde_json::{Map, Value};

use super::{Braze, Profile};
use crate::html::table;

/// The body of the page.
pub fn body(braze: &Braze) -> String {
    let columns = ["Who", "Fields", "Attributes", "Events", "Purchases", "Data points"];
    let dropped = braze.dropped.iter().map(|(reason, times)| vec![(*reason).to_owned(), times.to_string()]);
    format!(
        "<p>Data points: {}. Requests accepted and not applied yet: {}.</p>{}{}",
        braze.data_points(),
        braze.pending(),
        table("Profiles", &columns, braze.profiles().iter().map(row), braze.profiles().len()),
        table("Dropped without a word", &["Why", "Times"], dropped, braze.dropped.len()),
    )
}

fn row(profile: &Profile) -> Vec<String> {
    let events = profile.events.iter().map(|event| format!("{} at {}", event.name, event.time));
    let purchases = profile
        .purchases
        .iter()
        .map(|one| format!("{} x {}: {} {}", one.quantity, one.product_id, one.price, one.currency));
    vec![
        who(profile),
        members(&profile.fields),
        members(&profile.attributes),
        events.collect::<Vec<_>>().join("; "),
        purchases.collect::<Vec<_>>().join("; "),
        profile.data_points.to_string(),
    ]
}

fn who(profile: &Profile) -> String {
    let alias = || profile.aliases.first().map(|alias| format!("{}:{}", alias.label, alias.name));
    profile.external_id.clone().or_else(alias).unwrap_or_else(|| profile.braze_id.clone())
}

fn members(map: &Map<String, Value>) -> String {
    map.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join("; ")
}
