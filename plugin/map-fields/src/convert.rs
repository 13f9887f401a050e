//! What does a value become?
//!
//! Each kind has a file of its own, which is a function from what is written to what is wanted, or to none. What a library knows is asked
//! of a library. No kind guesses: what could mean two things is none.

pub mod country;
pub mod date;
pub mod gender;
pub mod language;
pub mod name;
pub mod phone;
pub mod plain;
pub mod scalar;
pub mod time_zone;

use std::borrow::Cow;

use serde_json::Value;

use crate::settings::Kind;
use date::Dates;
use phone::Phones;
use scalar::Scalar;

/// A kind of conversion, its options read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Convert {
    /// To ISO 3166-1.
    Country,
    /// To ISO 639-1.
    Language,
    /// To Braze's letters.
    Gender,
    /// To a day or a moment.
    Date(Dates),
    /// To IANA's name.
    TimeZone,
    /// To E.164.
    Phone(Phones),
    /// To a number.
    Number,
    /// To text.
    String,
    /// To a boolean.
    Boolean,
    /// To lower case.
    Lower,
    /// To text without white space around it.
    Trim,
    /// To a list, by what stands between the items.
    List(String),
}

/// An option that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Where it stands, from the field on: `phone/region`.
    pub place: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Wrong {
    fn at(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

impl Convert {
    /// Reads the options.
    pub fn new(kind: &Kind) -> Result<Self, Wrong> {
        Ok(match kind {
            Kind::Country {} => Self::Country,
            Kind::Language {} => Self::Language,
            Kind::Gender {} => Self::Gender,
            Kind::Date { from, to } => Self::Date(Dates::new(from, *to)?),
            Kind::TimeZone {} => Self::TimeZone,
            Kind::Phone { region, international } => Self::Phone(Phones::new(region.as_deref(), *international)?),
            Kind::Number {} => Self::Number,
            Kind::String {} => Self::String,
            Kind::Boolean {} => Self::Boolean,
            Kind::Lower {} => Self::Lower,
            Kind::Trim {} => Self::Trim,
            Kind::List { separator } if separator.is_empty() => {
                return Err(Wrong::at("list/separator", "nothing stands between two items: name what does"));
            }
            Kind::List { separator } => Self::List(separator.clone()),
        })
    }

    /// What a value becomes, both as JSON. None if it cannot be converted.
    #[must_use]
    pub fn convert<'v>(&self, json: &'v str) -> Option<Cow<'v, str>> {
        if matches!(self, Self::List(_)) && json.starts_with('[') {
            return Some(Cow::Borrowed(json));
        }
        let scalar = Scalar::of(json)?;
        let written = || scalar.written();
        let converted = match (self, &scalar) {
            (Self::Country, _) => quoted(country::country(written()?)?),
            (Self::Language, _) => quoted(language::language(written()?)?),
            (Self::Gender, _) => quoted(gender::gender(written()?)?),
            (Self::Date(dates), _) => quoted(&dates.date(written()?)?),
            (Self::TimeZone, _) => quoted(&time_zone::time_zone(written()?)?),
            (Self::Phone(phones), _) => quoted(&phones.e164(written()?)?),
            (Self::Number, scalar) => plain::number(scalar)?,
            (Self::String, scalar) => plain::string(scalar),
            (Self::Boolean, scalar) => plain::boolean(scalar)?.to_string(),
            (Self::List(separator), Scalar::Text(text)) => plain::list(text, separator),
            (Self::List(_), _) => format!("[{json}]"),
            (Self::Lower, Scalar::Text(text)) => quoted(&text.trim().to_lowercase()),
            (Self::Trim, Scalar::Text(text)) => quoted(text.trim()),
            // Only text has letters and white space.
            (Self::Lower | Self::Trim, _) => return Some(Cow::Borrowed(json)),
        };
        Some(Cow::Owned(converted))
    }

    /// Its name in the settings.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Language => "language",
            Self::Gender => "gender",
            Self::Date(_) => "date",
            Self::TimeZone => "time_zone",
            Self::Phone(_) => "phone",
            Self::Number => "number",
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Lower => "lower",
            Self::Trim => "trim",
            Self::List(_) => "list",
        }
    }

    /// What it can convert.
    #[must_use]
    pub fn takes(&self) -> &'static str {
        match self {
            Self::Country => "a country's English name or one of its ISO 3166-1 codes",
            Self::Language => "a language's English name, one of its ISO 639 codes, or a locale",
            Self::Gender => {
                "a word such as male, female, other, not applicable and prefer not to say, or its first letter"
            }
            Self::Date(dates) if dates.is_told() => {
                "a date in one of the formats in `from`, of a year from 1000 to 3000"
            }
            Self::Date(_) => {
                "a date that says which number is the month (else name its format in `from`), of a year from 1000 to 3000"
            }
            Self::TimeZone => "IANA's name of a time zone, or an offset of whole hours",
            Self::Phone(Phones::Marked) => "a phone number with `+` (else set `region` or `international`)",
            Self::Phone(Phones::International) => "a phone number that begins with its country's code",
            Self::Phone(Phones::Of(_)) => {
                "a phone number of the region, or one with `+`, that is as long as its country's are"
            }
            Self::Number => "a number",
            Self::Boolean => "true, false, yes, no, on, off, 1 or 0",
            Self::String | Self::Lower | Self::Trim => "text, a number or a boolean",
            Self::List(_) => "text, a number, a boolean or a list",
        }
    }
}

/// Text as JSON.
#[must_use]
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests;
