//! What can be set?

use brazeline_kit::Problem;
use schemars::JsonSchema;
use serde::Deserialize;

use brazeline_kit::person::IdentifierField;

/// Receives Braze's webhooks at the path `/c/<account>/<stream>`, as Lytics does.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The members of the authorization that are no secrets.
    #[serde(default)]
    pub authorization: Authorization,
    /// The stream's name, the last part of the webhook's address.
    #[serde(default = "stream")]
    pub stream: String,
    /// The field of a webhook's body that says whom it is about, and what kind of identifier it holds. A body without that field is
    /// refused and kept as a dead letter.
    #[serde(default = "identifier")]
    pub identifier: IdentifierField,
}

/// The members of the authorization that are no secrets.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Authorization {
    /// The number of the Lytics account, which stands in the webhook's address.
    #[serde(default)]
    pub account: String,
}

impl Settings {
    /// What is wrong with them, apart from the identifier.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let account = "it stands in the webhook's address, `/c/<account>/<stream>`: say the number of the Lytics account, as text";
        let checks = [
            (!is_segment(&self.authorization.account)).then(|| Problem::at("/authorization/account", account)),
            (!is_segment(&self.stream))
                .then(|| Problem::at("/stream", "a stream's name has letters, digits, `-` and `_` alone")),
        ];
        checks.into_iter().flatten().collect()
    }

    /// Where webhooks arrive.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/c/{}/{}", self.authorization.account, self.stream)
    }
}

fn is_segment(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn stream() -> String {
    "braze_users".to_owned()
}

fn identifier() -> IdentifierField {
    IdentifierField { braze_id: Some("braze_id".to_owned()), ..IdentifierField::default() }
}
