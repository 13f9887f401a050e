//! How does the whole world dial it? The answer is E.164.
//!
//! A number has to be *possible*: of a length that its country has. Whether its area code is in use changes every week, and is not
//! asked: the table in here does not know next month's codes.

use rlibphonenumber::enums::{NumberLengthType, Region};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use super::Wrong;
use super::scalar::{is_digits, whole};

/// What a number without `+` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phones {
    /// Nothing: which country's it is cannot be told.
    Marked,
    /// It is dialled like this in a region.
    Of(Region),
    /// It begins with its country's code.
    International,
}

impl Phones {
    /// Reads the options.
    pub fn new(region: Option<&str>, international: bool) -> Result<Self, Wrong> {
        match (region, international) {
            (None, false) => Ok(Self::Marked),
            (None, true) => Ok(Self::International),
            (Some(name), false) => Self::of(name).ok_or_else(|| {
                Wrong::at(
                    "phone/region",
                    format!("no phone numbers of `{name}` are known: name a country by two letters, say US"),
                )
            }),
            (Some(_), true) => Err(Wrong::at(
                "phone",
                "a number without `+` either is one of `region` or begins with its country's code: take one of them out",
            )),
        }
    }

    fn of(name: &str) -> Option<Self> {
        let region: Region = name.to_ascii_uppercase().parse().ok()?;
        PHONE_NUMBER_UTIL.get_country_code_for_region(region).map(|_| Self::Of(region))
    }

    /// The number as E.164.
    #[must_use]
    pub fn e164(self, text: &str) -> Option<String> {
        let text = whole(text);
        let bare = text.trim_start_matches('0');
        let number = match self {
            Self::Of(region) => PHONE_NUMBER_UTIL.parse(&*text, Some(region)),
            // `00` is what most of the world dials for `+`.
            Self::International if is_digits(bare) => PHONE_NUMBER_UTIL.parse(format!("+{bare}"), None),
            Self::Marked | Self::International => PHONE_NUMBER_UTIL.parse(&*text, None),
        };
        let number = number.ok()?;
        let whole = number.is_possible_with_reason() == Ok(NumberLengthType::IsPossible);
        whole.then(|| number.format_as(PhoneNumberFormat::E164).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(phones: Phones, table: &[(&str, Option<&str>)]) {
        for (text, expected) in table {
            assert_eq!(phones.e164(text).as_deref(), *expected, "{text} {phones:?}");
        }
    }

    #[test]
    fn of_a_region() {
        let us = [
            ("5551231234", Some("+15551231234")),
            ("(555) 123-1234", Some("+15551231234")),
            ("1-555-123-1234", Some("+15551231234")),
            ("12223334444", Some("+12223334444")),
            ("+15551231234", Some("+15551231234")),
            ("tel:+1-555-123-1234", Some("+15551231234")),
            ("555.123.1234 ext. 5", Some("+15551231234")),
            ("5551231234.0", Some("+15551231234")),
            ("5.551231234e+09", Some("+15551231234")),
            ("1-800-FLOWERS", Some("+18003569377")),
            ("+49 30 123456", Some("+4930123456")),
            ("011 49 30 123456", Some("+4930123456")),
            ("1231234", None),
            ("911", None),
            ("555123123412345", None),
            ("+1555123123", None),
            ("5551231234 / 5551231235", None),
            ("none", None),
            ("+", None),
            ("", None),
        ];
        check(Phones::new(Some("us"), false).unwrap(), &us);
        let german = [
            ("030 123456", Some("+4930123456")),
            ("0049 30 123456", Some("+4930123456")),
            ("4930123456", Some("+4930123456")),
            ("+15551231234", Some("+15551231234")),
        ];
        check(Phones::new(Some("DE"), false).unwrap(), &german);
    }

    #[test]
    fn of_no_region() {
        let marked = [
            ("+49 30 123456", Some("+4930123456")),
            ("5551231234", None),
            ("12223334444", None),
            ("0049 30 123456", None),
        ];
        check(Phones::new(None, false).unwrap(), &marked);
        let international = [
            ("12223334444", Some("+12223334444")),
            ("4930123456", Some("+4930123456")),
            ("004930123456", Some("+4930123456")),
            ("+4930123456", Some("+4930123456")),
            ("999123456789", None),
            ("000", None),
            ("", None),
        ];
        check(Phones::new(None, true).unwrap(), &international);
    }

    #[test]
    fn wrong_options() {
        for (region, international) in
            [(Some("USA"), false), (Some("ZZ"), false), (Some(""), false), (Some("US"), true)]
        {
            assert!(Phones::new(region, international).is_err(), "{region:?}");
        }
    }
}
