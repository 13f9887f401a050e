//! Do both sides hold what the generator knows to be true?

use std::collections::{BTreeSet, HashMap};

use brazeline_sandbox::braze::Braze;
use brazeline_sandbox::lytics::{Lytics, Record};
use serde_json::Value;

use crate::people::{People, external_id};
use crate::play::Stage;

/// The stream of the webhooks.
pub const STREAM: &str = "braze_users";
/// Differences that are shown; more of the same help nobody.
const SHOWN: usize = 5;

/// What was found.
pub struct Verdict {
    /// People that are in Braze as they should be.
    pub in_braze: usize,
    /// People that are in Lytics as they should be.
    pub in_lytics: usize,
    /// Profiles in Braze, right or not.
    pub profiles: usize,
    /// Records in Lytics' stream, right or not.
    pub records: usize,
    /// The first differences, in words.
    pub differences: Vec<String>,
}

impl Verdict {
    /// Whether there is no difference.
    pub fn agrees(&self) -> bool {
        self.differences.is_empty()
    }
}

/// How many people, on both sides together, are as they should be.
pub fn right_so_far(stage: &Stage, people: &People) -> u64 {
    let braze =
        stage.sandbox.braze().read(|braze| people.numbers().filter(|n| braze_differs(braze, *n).is_none()).count());
    let lytics = stage.sandbox.lytics().read(|lytics| {
        let records = by_person(lytics);
        people.numbers().filter(|number| lytics_differs(&records, *number).is_none()).count()
    });
    (braze + lytics) as u64
}

/// Compares everybody, and looks for what should not be there.
pub fn compare(stage: &Stage, people: &People) -> Verdict {
    let (braze, lytics) = (stage.sandbox.braze().state(), stage.sandbox.lytics().state());
    let by_person = by_person(&lytics);
    let in_braze: Vec<String> = people.numbers().filter_map(|number| braze_differs(&braze, number)).collect();
    let in_lytics: Vec<String> = people.numbers().filter_map(|number| lytics_differs(&by_person, number)).collect();
    let (profiles, records, all) = (braze.profiles().len(), lytics.stream(STREAM).len(), people.numbers().len());
    let too_many = |held: usize, what: &str| (held > all).then(|| format!("{what}, and there are {all} people"));
    let extra = [
        too_many(profiles, &format!("Braze holds {profiles} profiles")),
        too_many(records, &format!("Lytics holds {records} records")),
    ];
    let mut verdict = Verdict {
        in_braze: all - in_braze.len(),
        in_lytics: all - in_lytics.len(),
        profiles,
        records,
        differences: in_braze.into_iter().chain(in_lytics).chain(extra.into_iter().flatten()).collect(),
    };
    verdict.differences.truncate(SHOWN);
    verdict
}

/// Why a person is not in Braze as it should be: memberships, and the fields that the pipeline sends beside them.
fn braze_differs(braze: &Braze, number: u32) -> Option<String> {
    let id = external_id(number);
    let Some(profile) = braze.profile(&format!("external_id:{id}")) else {
        return Some(format!("Braze does not know {id}"));
    };
    let held: BTreeSet<&str> = profile.list("lytics_segments").into_iter().collect();
    let expected: BTreeSet<&str> = People::audiences(number).into_iter().collect();
    if held != expected {
        return Some(format!("{id} is in {held:?} in Braze, and should be in {expected:?}"));
    }
    let fields = People::fields(number);
    let different = ["first_name", "city"].into_iter().find(|field| profile.get(field) != fields.get(*field))?;
    Some(format!("{id} has another `{different}` in Braze"))
}

type Records<'a> = HashMap<&'a str, Vec<&'a Record>>;

fn by_person(lytics: &Lytics) -> Records<'_> {
    let mut records = Records::new();
    for record in lytics.stream(STREAM) {
        records.entry(record.text("braze_id").unwrap_or_default()).or_default().push(record);
    }
    records
}

/// Why a person is not in Lytics as it should be: one record with all twelve fields of the webhook, and nothing else.
fn lytics_differs(records: &Records<'_>, number: u32) -> Option<String> {
    let sent = People::webhook(number);
    let id = sent.get("braze_id").and_then(Value::as_str).unwrap_or_default();
    match records.get(id).map(Vec::as_slice) {
        Some([record]) if record.fields == sent => None,
        Some([_]) => Some(format!("{id} has other fields in Lytics")),
        Some(records) => Some(format!("{id} has {} records in Lytics", records.len())),
        None => Some(format!("Lytics does not know {id}")),
    }
}
