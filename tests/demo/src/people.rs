//! Who moves, and what is true about them in the end.

use brazeline_sandbox::lytics::{Happening, Kind, Move};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

/// The audiences in Lytics.
pub const AUDIENCES: [&str; 3] = ["vip", "lapsed", "newsletter"];
const FIRST_NAMES: [&str; 6] = ["Ann", "José", "Ümit", "Maja", "Lee", "Olu"];
const CITIES: [&str; 4] = ["AnyTown", "São Paulo", "Łódź", "Kyōto"];

/// Everybody.
pub struct People {
    count: u32,
    begin: Timestamp,
}

impl People {
    /// So many in each direction.
    pub fn new(count: u32) -> Self {
        Self { count, begin: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(495_000) }
    }

    /// The number of each person.
    pub fn numbers(&self) -> std::ops::Range<u32> {
        0..self.count
    }

    /// The audiences that a person is in, in the end. Everybody enters one or more; every third leaves one again.
    pub fn audiences(number: u32) -> Vec<&'static str> {
        let mut audiences = Self::entered(number);
        if let Some(left) = Self::left(number) {
            audiences.retain(|audience| *audience != left);
        }
        audiences
    }

    fn entered(number: u32) -> Vec<&'static str> {
        let combination = number % 7 + 1;
        let taken = AUDIENCES.iter().enumerate().filter(|(bit, _)| combination & (1 << bit) != 0);
        taken.map(|(_, audience)| *audience).collect()
    }

    fn left(number: u32) -> Option<&'static str> {
        if number.is_multiple_of(3) { Self::entered(number).first().copied() } else { None }
    }

    /// Lytics' fields of a person.
    pub fn fields(number: u32) -> Map<String, Value> {
        let fields = json!({
            "braze_id": external_id(number),
            "first_name": FIRST_NAMES[number as usize % FIRST_NAMES.len()],
            "city": CITIES[number as usize % CITIES.len()],
            "email": format!("person.{number}@example.com"),
        });
        object(fields)
    }

    /// Everybody enters.
    pub fn entries(&self) -> Vec<Happening> {
        self.numbers().map(|number| self.happening(number, Kind::Enter, Self::entered(number), 0)).collect()
    }

    /// Some leave again, later.
    pub fn exits(&self) -> Vec<Happening> {
        let leaves = |number| Some((number, Self::left(number)?));
        let exit = |(number, audience)| self.happening(number, Kind::Exit, vec![audience], 3600);
        self.numbers().filter_map(leaves).map(exit).collect()
    }

    fn happening(&self, number: u32, event: Kind, slugs: Vec<&str>, later: i64) -> Happening {
        let at = self.begin + SignedDuration::from_millis(later * 1000 + i64::from(number));
        let moves = slugs.into_iter().map(|slug| Move { event, slug: slug.to_owned(), at }).collect();
        Happening { user: Self::fields(number), moves, segments_all: Vec::new() }
    }

    /// Braze's profile of a person, for the twelve fields of a webhook.
    pub fn webhook(number: u32) -> Map<String, Value> {
        let fields = json!({
            "braze_id": format!("br-{number}"),
            "first_name": FIRST_NAMES[number as usize % FIRST_NAMES.len()],
            "last_name": "O'Neil \"Jr\"",
            "city": CITIES[number as usize % CITIES.len()],
            "country": "United States",
            "gender": "male",
            "language": "English",
            "date_of_birth": "19820101",
            "phone_number": format!("555{number:07}"),
            "time_zone": "GMT+7",
            "twitter_handle": format!("person{number}"),
            "email": format!("person.{number}@example.com"),
        });
        object(fields)
    }

    /// All recipients of the campaign.
    pub fn recipients(&self) -> Vec<Map<String, Value>> {
        self.numbers().map(Self::webhook).collect()
    }
}

/// What Braze calls a person.
pub fn external_id(number: u32) -> String {
    format!("u-{number}")
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
