//! Until when does a credential work?
//!
//! Vendors end a token by its date, and a pipeline whose token ended stops at night. So an authorization may say the date, and this says
//! how near it is. It forbids nothing: whether the credential still works is the vendor's to say.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::authorization::Authorization;
use super::fields::{Fields, wrong};
use super::pipeline::Pipeline;
use super::place::{Placed, Report};
use crate::problem::{Problem, Problems};

/// So many days before the end it is time to see to a new one, weekends and holidays included.
const SOON_DAYS: i64 = 14;

/// How near the end of a credential is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// Nobody needs to do anything yet.
    Far,
    /// In so many days, which may be none.
    Soon(i64),
    /// So many days ago.
    Past(i64),
}

impl Expiry {
    /// Of something that ends on `date`.
    #[must_use]
    pub fn of(date: Date, today: Date) -> Self {
        match days_until(date, today) {
            days if days < 0 => Self::Past(-days),
            days if days <= SOON_DAYS => Self::Soon(days),
            _ => Self::Far,
        }
    }

    /// `expires in 9 days`, if there is anything to say.
    #[must_use]
    pub fn words(self) -> Option<String> {
        Some(match self {
            Self::Far => return None,
            Self::Soon(0) => "expires today".to_owned(),
            Self::Soon(1) => "expires tomorrow".to_owned(),
            Self::Soon(days) => format!("expires in {days} days"),
            Self::Past(1) => "expired yesterday".to_owned(),
            Self::Past(days) => format!("expired {days} days ago"),
        })
    }
}

/// How many days there are to go; fewer than 0 if it is past.
#[must_use]
pub fn days_until(date: Date, today: Date) -> i64 {
    today.duration_until(date).as_hours() / 24
}

/// The date in UTC at this time, given in milliseconds since 1970.
#[must_use]
pub fn today(unix_ms: u64) -> Date {
    let ms = i64::try_from(unix_ms).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX).to_zoned_datetime(TimeZone::UTC).date()
}

impl Authorization {
    /// How near its end is, if it says when that is.
    #[must_use]
    pub fn expiry(&self, today: Date) -> Option<Expiry> {
        self.expires.as_ref().map(|expires| Expiry::of(expires.value, today))
    }
}

impl Pipeline {
    /// A warning for each authorization that ends soon or has ended, at this time in milliseconds since 1970.
    #[must_use]
    pub fn expiring(&self, unix_ms: u64) -> Problems {
        let today = today(unix_ms);
        let warning = |authorization: &Authorization| {
            let expires = authorization.expires.as_ref()?;
            let words = authorization.expiry(today)?.words()?;
            let what = format!("authorization `{}` {words}", authorization.name);
            let help = "make a new credential, put it in the old one's place, and write its date here";
            let fact = format!("it says `expires: {}`", expires.value);
            Some(Problem::warning(what, help).fact(fact).at(self.place(expires.spot)))
        };
        Problems::new(self.authorizations.iter().filter_map(warning).collect())
    }
}

pub(super) fn read(fields: &mut Fields<'_>, report: &mut Report) -> Option<Placed<Date>> {
    let entry = fields.get("expires")?;
    // A date and nothing else: `jiff` would read a time of day, too, and forget it.
    let date = entry.value.as_text().filter(|text| text.len() == "2027-01-31".len()).and_then(|text| text.parse().ok());
    if date.is_none() {
        let help = "write the day on which the credential ends, or remove it";
        let expected = "a date such as `2027-01-31`";
        wrong(&format!("`expires` of {}", fields.what), &entry.value, expected, help, report);
    }
    Some(Placed { value: date?, spot: entry.value.spot })
}
