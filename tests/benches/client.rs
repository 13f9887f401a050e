//! How the programs written by hand send: on kept connections, some requests at once, giving up at the first answer that is not the
//! hoped-for one.

use std::borrow::Cow;
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use http::{Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client as Pool, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::value::RawValue;
use tokio::task::JoinHandle;

/// How many requests are under way at once.
const IN_FLIGHT: usize = 8;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

type Http = Pool<HttpConnector, Full<Bytes>>;

/// Sends to one address.
pub struct Client {
    http: Http,
    url: Uri,
    authorization: String,
    in_flight: FuturesUnordered<JoinHandle<anyhow::Result<()>>>,
}

impl Client {
    /// To this address.
    pub fn new(url: &str, authorization: String) -> anyhow::Result<Self> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let http = Pool::builder(TokioExecutor::new()).build(connector);
        Ok(Self { http, url: url.parse()?, authorization, in_flight: FuturesUnordered::new() })
    }

    /// Sends a body, once there is room for it.
    pub async fn post(&mut self, body: Vec<u8>) -> anyhow::Result<()> {
        if self.in_flight.len() == IN_FLIGHT {
            self.in_flight.next().await.transpose()?.transpose()?;
        }
        let request = Request::post(self.url.clone())
            .header("content-type", "application/json")
            .header("authorization", &self.authorization)
            .body(Full::from(body))?;
        self.in_flight.push(tokio::spawn(send(self.http.clone(), request)));
        Ok(())
    }

    /// Waits for all answers.
    pub async fn finish(mut self) -> anyhow::Result<()> {
        while let Some(sent) = self.in_flight.next().await {
            sent??;
        }
        Ok(())
    }
}

#[derive(serde::Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(borrow, default)]
    errors: Vec<&'a RawValue>,
}

async fn send(http: Http, request: Request<Full<Bytes>>) -> anyhow::Result<()> {
    let response = tokio::time::timeout(PATIENCE, http.request(request)).await??;
    let status = response.status();
    let body = tokio::time::timeout(PATIENCE, response.into_body().collect()).await??.to_bytes();
    let answer: Answer =
        serde_json::from_slice(&body).with_context(|| format!("{status} with a body that is no answer"))?;
    let accepted = status.is_success() && answer.message == "success" && answer.errors.is_empty();
    anyhow::ensure!(accepted, "{status}: {} ({} errors)", answer.message, answer.errors.len());
    Ok(())
}
