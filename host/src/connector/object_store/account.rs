//! Which store is it, and with which credentials?

use std::sync::Arc;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{ObjectStore, RetryConfig};
use serde::Deserialize;

use super::http::Hyper;
use crate::config::{Authorization, Origin, Secret, Secrets};
use crate::connector::settings::{Checked, read, wrong};

/// Types of authorization that hold it.
pub const TYPES: &[&str] = &["object_store"];
/// The secrets that it may hold: of S3, of S3, of Google, of Azure, of Azure.
pub const SECRETS: &[&str] =
    &["secret_access_key", "session_token", "service_account_private_key", "account_key", "sas_token"];

/// What an authorization says in the open.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Members {
    service: Service,
    /// S3: the region of the bucket.
    region: Option<String>,
    /// S3: the public half of the key.
    access_key_id: Option<String>,
    /// Azure: the storage account.
    account: Option<String>,
    /// Another store that speaks like the service.
    endpoint: Option<String>,
}

/// Whose store it is, or like whose it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Service {
    S3,
    Gcs,
    Azure,
}

impl Service {
    /// Its secrets, of which it needs one of the first.
    fn secrets(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::S3 => (&["secret_access_key"], &["session_token"]),
            Self::Gcs => (&["service_account_private_key"], &[]),
            Self::Azure => (&["account_key", "sas_token"], &[]),
        }
    }
}

impl Members {
    /// Reads them, and looks whether there is what the service needs.
    pub fn of(authorization: &Authorization) -> Checked<Self> {
        let members: Self = read(&authorization.members.json.clone().into())?;
        let (needed, more) = members.service.secrets();
        let has = |name: &str| authorization.secrets.contains_key(name);
        if let Some(odd) = authorization.secrets.keys().find(|name| ![needed, more].concat().contains(&name.as_str())) {
            return wrong(
                "",
                format!("its secret `{odd}` means nothing to this service: it takes {}", needed.join(" or ")),
            );
        }
        if !needed.iter().any(|name| has(name)) {
            return wrong("", format!("it has no {}: add `{}: \"SECRET[...]\"`", needed.join(" and no "), needed[0]));
        }
        let missing = match members.service {
            Service::S3 if members.access_key_id.is_none() => Some("access_key_id"),
            Service::S3 if members.region.is_none() && members.endpoint.is_none() => Some("region"),
            Service::Azure if members.account.is_none() => Some("account"),
            _ => None,
        };
        if let Some(missing) = missing {
            return wrong("", format!("it has no `{missing}`"));
        }
        match members.endpoint.as_deref().map(Origin::parse) {
            Some(Err(error)) => wrong("/endpoint", format!("it {}: {}", error.why, error.help)),
            Some(Ok(origin)) if origin.is_plain() && !authorization.plain_http => wrong(
                "/endpoint",
                "its secrets would be used without encryption: use https, or add `plain_http: true` for a store on this machine",
            ),
            _ => Ok(members),
        }
    }
}

/// The store, with the secrets. Nothing is sent.
pub fn open(authorization: &Authorization, secrets: &Secrets, bucket: &str) -> Checked<Arc<dyn ObjectStore>> {
    let members = Members::of(authorization)?;
    let secret = |name: &str| secrets.get(&authorization.name, name).map(Secret::expose).unwrap_or_default();
    let has = |name: &str| secrets.get(&authorization.name, name).is_some();
    let plain = authorization.plain_http;
    let opened: object_store::Result<Arc<dyn ObjectStore>> = match members.service {
        Service::S3 => {
            let mut builder = AmazonS3Builder::new()
                .with_bucket_name(bucket)
                .with_region(members.region.as_deref().unwrap_or("us-east-1"))
                .with_access_key_id(members.access_key_id.as_deref().unwrap_or_default())
                .with_secret_access_key(secret("secret_access_key"));
            if has("session_token") {
                builder = builder.with_token(secret("session_token"));
            }
            if let Some(endpoint) = &members.endpoint {
                builder = builder.with_endpoint(endpoint);
            }
            let builder = builder.with_allow_http(plain).with_http_connector(Hyper).with_retry(retries());
            builder.build().map(|store| Arc::new(store) as _)
        }
        Service::Gcs => {
            let mut builder = GoogleCloudStorageBuilder::new()
                .with_bucket_name(bucket)
                .with_service_account_key(secret("service_account_private_key"));
            if let Some(endpoint) = &members.endpoint {
                builder = builder.with_base_url(endpoint);
            }
            let builder = builder.with_http_connector(Hyper).with_retry(retries());
            builder.build().map(|store| Arc::new(store) as _)
        }
        Service::Azure => {
            let mut builder = MicrosoftAzureBuilder::new()
                .with_container_name(bucket)
                .with_account(members.account.as_deref().unwrap_or_default());
            builder = match has("account_key") {
                true => builder.with_access_key(secret("account_key")),
                false => builder.with_config(object_store::azure::AzureConfigKey::SasKey, secret("sas_token")),
            };
            if let Some(endpoint) = &members.endpoint {
                builder = builder.with_endpoint(endpoint.clone());
            }
            let builder = builder.with_allow_http(plain).with_http_connector(Hyper).with_retry(retries());
            builder.build().map(|store| Arc::new(store) as _)
        }
    };
    // No message repeats what a library says of a key: it may hold a part of it.
    opened.or_else(|_| wrong("", "its members or secrets are not what its service needs: copy them anew"))
}

/// A few quick ones: what goes on longer is the import's to wait for.
fn retries() -> RetryConfig {
    RetryConfig { max_retries: 3, retry_timeout: std::time::Duration::from_secs(30), ..RetryConfig::default() }
}
