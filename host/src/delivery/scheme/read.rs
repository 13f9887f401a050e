//! Reading a scheme's settings.

use http::HeaderName;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Carrier, Member, Scheme};
use crate::problem::Problem;

/// Headers that belong to the connection or the message itself and can carry no credential.
const OTHERS: [&str; 7] =
    ["host", "content-length", "content-encoding", "connection", "transfer-encoding", "te", "upgrade"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bearer {
    secret: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    name: String,
    #[serde(default)]
    prefix: String,
    secret: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    name: String,
    secret: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Basic {
    user: String,
    secret: String,
}

pub(super) fn read(name: &str, settings: &str, member: impl Fn(&str) -> Member) -> Result<Scheme, Problem> {
    let secret = |of: &str| secret(of, member(of));
    let scheme = match name {
        "bearer" => {
            let Bearer { secret: of } = parse(name, settings)?;
            Scheme::new(header("authorization", "Bearer ")?, secret(&of)?)
        }
        "header" => {
            let Header { name, prefix, secret: of } = parse(name, settings)?;
            Scheme::new(header(&name, &prefix)?, secret(&of)?)
        }
        "query" => {
            let Query { name, secret: of } = parse(name, settings)?;
            Scheme::new(Carrier::Query { name }, secret(&of)?)
        }
        "basic" => {
            let Basic { user, secret: of } = parse(name, settings)?;
            Scheme::basic(&user, secret(&of)?)
        }
        _ => {
            let what = format!("the way to authenticate `{}` is not known to this release", name.escape_debug());
            return Err(Problem::error(what, "known are: basic, bearer, header, query"));
        }
    };
    scheme.header().transpose()?;
    Ok(scheme)
}

fn parse<T: DeserializeOwned>(name: &str, settings: &str) -> Result<T, Problem> {
    serde_json::from_str(settings).map_err(|error| {
        Problem::error(
            format!("the settings of `{name}` are wrong: {error}"),
            "this is a mistake of the component's author",
        )
    })
}

fn header(name: &str, prefix: &str) -> Result<Carrier, Problem> {
    let parsed = HeaderName::from_bytes(name.as_bytes()).ok().filter(|name| !OTHERS.contains(&name.as_str()));
    let name = parsed.ok_or_else(|| {
        let what = format!("`{}` is no header that can carry a secret", name.escape_debug());
        Problem::error(what, "name a header such as `authorization` or `x-api-key`")
    })?;
    Ok(Carrier::Header { name, prefix: prefix.to_owned() })
}

fn secret(of: &str, member: Member) -> Result<SecretString, Problem> {
    match member {
        Member::Secret(secret) if secret.expose_secret().is_empty() => Err(Problem::error(
            format!("the secret `{of}` is empty"),
            "set the variable or the file that it is read from",
        )),
        Member::Secret(secret) => Ok(secret),
        Member::Plain => Err(Problem::error(
            format!("`{of}` of the authorization is no secret"),
            format!("write it as `{of}: SECRET[env.NAME]` or `{of}: SECRET[file./path]`"),
        )),
        Member::Missing => Err(Problem::error(
            format!("the authorization has no `{of}`"),
            format!("add `{of}: SECRET[env.NAME]` or `{of}: SECRET[file./path]`"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str) -> Member {
        match name {
            "key" => Member::Secret("s3cret".into()),
            "broken" => Member::Secret("a\nb".into()),
            "empty" => Member::Secret("".into()),
            "account" => Member::Plain,
            _ => Member::Missing,
        }
    }

    fn shown(scheme: &Scheme) -> String {
        let header = scheme.header().transpose().unwrap();
        let header = header.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
        header.or(scheme.parameter()).unwrap()
    }

    #[test]
    fn what_is_sent() {
        let table = [
            ("bearer", r#"{"secret":"key"}"#, "authorization: Bearer s3cret"),
            ("header", r#"{"name":"X-Api-Key","secret":"key"}"#, "x-api-key: s3cret"),
            ("header", r#"{"name":"authorization","prefix":"Token ","secret":"key"}"#, "authorization: Token s3cret"),
            ("query", r#"{"name":"key","secret":"key"}"#, "key=s3cret"),
            ("query", r#"{"name":"a b","secret":"broken"}"#, "a%20b=a%0Ab"),
            ("basic", r#"{"user":"me","secret":"key"}"#, "authorization: Basic bWU6czNjcmV0"),
        ];
        for (name, settings, expected) in table {
            assert_eq!(shown(&read(name, settings, member).unwrap()), expected, "{name} {settings}");
        }
    }

    #[test]
    fn what_is_refused() {
        let table = [
            ("oauth2", "{}"),
            ("bearer", "{}"),
            ("bearer", r#"{"secret":"key","prefix":"x"}"#),
            ("bearer", r#"{"secret":"token"}"#),
            ("bearer", r#"{"secret":"account"}"#),
            ("bearer", r#"{"secret":"empty"}"#),
            ("bearer", r#"{"secret":"broken"}"#),
            ("header", r#"{"name":"Host","secret":"key"}"#),
            ("header", r#"{"name":"a\r\nb","secret":"key"}"#),
        ];
        let refused = |(name, settings)| match read(name, settings, member) {
            Ok(_) => format!("{name} {settings}: taken\n"),
            Err(problem) => format!("{problem}\n"),
        };
        let all: String = table.into_iter().map(refused).collect();
        expect_test::expect![[r#"
            error: the way to authenticate `oauth2` is not known to this release
              help: known are: basic, bearer, header, query
            error: the settings of `bearer` are wrong: missing field `secret` at line 1 column 2
              help: this is a mistake of the component's author
            error: the settings of `bearer` are wrong: unknown field `prefix`, expected `secret` at line 1 column 24
              help: this is a mistake of the component's author
            error: the authorization has no `token`
              help: add `token: SECRET[env.NAME]` or `token: SECRET[file./path]`
            error: `account` of the authorization is no secret
              help: write it as `account: SECRET[env.NAME]` or `account: SECRET[file./path]`
            error: the secret `empty` is empty
              help: set the variable or the file that it is read from
            error: the secret for header `authorization` contains a character that no header can carry
              help: look for a line break or a character outside ASCII in it
            error: `Host` is no header that can carry a secret
              help: name a header such as `authorization` or `x-api-key`
            error: `a\r\nb` is no header that can carry a secret
              help: name a header such as `authorization` or `x-api-key`
        "#]]
        .assert_eq(&all);
    }

    #[test]
    fn a_secret_is_compared_whole() {
        let bearer = read("bearer", r#"{"secret":"key"}"#, member).unwrap();
        let query = read("query", r#"{"name":"key","secret":"key"}"#, member).unwrap();
        let table = [
            (&bearer, "Bearer s3cret", true),
            (&bearer, "bearer s3cret", true),
            (&bearer, "Bearer s3cre", false),
            (&bearer, "Bearer s3cret ", false),
            (&bearer, "s3cret", false),
            (&bearer, "", false),
            (&query, "s3cret", true),
            (&query, "S3cret", false),
            (&query, "", false),
        ];
        for (scheme, value, expected) in table {
            assert_eq!(scheme.is_shown_by(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn no_secret_is_printed() {
        let scheme = read("basic", r#"{"user":"me","secret":"key"}"#, member).unwrap();
        let printed = format!("{scheme:?} {:?}", scheme.header());
        assert!(!printed.contains("s3cret") && !printed.contains("bWU6"), "{printed}");
    }
}
