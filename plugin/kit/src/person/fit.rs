//! Can anybody be found by an identifier?
//!
//! What cannot is better rejected where it is read, with its place, than by a vendor in the middle of a request.

use super::Identifier;

/// The most bytes of a key, as the host checks it.
pub const KEY_BYTES: usize = 1024;

/// The most bytes of an external id (Braze, `POST /users/track`, read 2026-11-23).
pub const EXTERNAL_ID_BYTES: usize = 987;

impl Identifier<'_> {
    /// Why nobody can be found by it; none if somebody may. The reason does not repeat it.
    #[must_use]
    pub fn unfit(&self) -> Option<&'static str> {
        let wrong = match self {
            Self::ExternalId(id) => (id.len() > EXTERNAL_ID_BYTES).then_some("an external id has at most 987 bytes"),
            Self::Email(address) => (!is_address(address))
                .then_some("an e-mail address has a name, one `@` and a domain, and no white space"),
            Self::Phone(number) => (!is_number(number)).then_some(
                "a phone number has digits, perhaps with `+` in front and spaces, `-`, `.`, `(`, `)` between",
            ),
            Self::BrazeId(_) | Self::Alias(_) => None,
        };
        wrong.or_else(|| (self.key().len() > KEY_BYTES).then_some("it makes a key of more than 1,024 bytes"))
    }
}

fn is_address(address: &str) -> bool {
    let parts = address.split_once('@').filter(|(name, domain)| !name.is_empty() && !domain.is_empty());
    parts.is_some_and(|(_, domain)| !domain.contains('@'))
        && !address.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn is_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || b" -.()".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    #[test]
    fn who_can_be_found() {
        let (fits, too_long) = ("x".repeat(EXTERNAL_ID_BYTES), "x".repeat(EXTERNAL_ID_BYTES + 1));
        let table = [
            (Kind::ExternalId, fits.as_str(), true),
            (Kind::ExternalId, &too_long, false),
            (Kind::BrazeId, &too_long, true),
            (Kind::BrazeId, &"x".repeat(KEY_BYTES), false),
            (Kind::Email, "a@x", true),
            (Kind::Email, "a@", false),
            (Kind::Email, "@x", false),
            (Kind::Email, "a@x@y", false),
            (Kind::Email, "a b@x", false),
            (Kind::Email, "a", false),
            (Kind::Phone, "+1 (222) 333-44.44", true),
            (Kind::Phone, "12223334444", true),
            (Kind::Phone, "+", false),
            (Kind::Phone, "1+2", false),
            (Kind::Phone, "unknown", false),
        ];
        for (kind, value, expected) in table {
            assert_eq!(Identifier::new(kind, value).unwrap().unfit().is_none(), expected, "{kind:?} {value}");
        }
        assert!(Identifier::alias("label", &*too_long).unwrap().unfit().is_none());
        assert!(Identifier::alias("label", "ä".repeat(200)).unwrap().unfit().is_some());
    }
}
