//! A server that speaks TLS, as a sender meets it.

use std::path::Path;

use http::{Request, Version};
use http_body_util::{BodyExt, Full};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use super::*;

/// Files of a new certificate for `localhost`, and what a sender has to trust.
fn certificate(folder: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    std::fs::write(folder.join("crt"), cert.pem()).unwrap();
    std::fs::write(folder.join("key"), signing_key.serialize_pem()).unwrap();
    cert.der().clone()
}

fn files(folder: &Path) -> Tls {
    Tls { crt_file: folder.join("crt"), key_file: folder.join("key") }
}

/// Asks with nothing but this certificate trusted; the answer's version and status, or that none came.
async fn ask(address: SocketAddr, trusted: &CertificateDer<'static>, http2: bool) -> Option<(Version, u16)> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config =
        config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
    let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_only();
    let connector = if http2 { builder.enable_all_versions().build() } else { builder.enable_http1().build() };
    let client = Client::builder(TokioExecutor::new()).build::<_, Full<bytes::Bytes>>(connector);
    let uri = format!("https://localhost:{}/a", address.port());
    let request = Request::post(uri).header("authorization", "Bearer s3cret").body(Full::from("{}")).unwrap();
    let response = client.request(request).await.ok()?;
    let (version, status) = (response.version(), response.status().as_u16());
    response.into_body().collect().await.unwrap();
    Some((version, status))
}

#[tokio::test]
async fn both_versions_are_spoken_and_a_renewed_certificate_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let first = certificate(folder.path());
    let wanted = Wanted {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        max_body_bytes: MOST,
        tls: Some(files(folder.path())),
        public_url: None,
        endpoints: Vec::new(),
    };
    let door = Door::open("in", wanted, inbound()).await.unwrap();
    let (address, identity) = (door.listener.local_addr().unwrap(), door.identity.clone().unwrap());
    let (_stopper, stop) = stop();
    tokio::spawn(serve(door, echo, stop));
    assert_eq!(ask(address, &first, false).await, Some((Version::HTTP_11, 200)));
    assert_eq!(ask(address, &first, true).await, Some((Version::HTTP_2, 200)));

    let second = certificate(folder.path());
    identity.refresh("in");
    assert_eq!(ask(address, &first, true).await, None);
    assert_eq!(ask(address, &second, true).await, Some((Version::HTTP_2, 200)));

    // The new certificate is there, its key is not yet.
    let kept = std::fs::read(folder.path().join("key")).unwrap();
    let third = certificate(folder.path());
    let coming = std::fs::read(folder.path().join("key")).unwrap();
    std::fs::write(folder.path().join("key"), kept).unwrap();
    identity.refresh("in");
    assert_eq!(ask(address, &second, true).await, Some((Version::HTTP_2, 200)));
    std::fs::write(folder.path().join("key"), coming).unwrap();
    identity.refresh("in");
    assert_eq!(ask(address, &third, true).await, Some((Version::HTTP_2, 200)));
}

#[tokio::test]
async fn who_speaks_no_tls_gets_no_answer_and_harms_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let trusted = certificate(folder.path());
    let wanted = Wanted {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        max_body_bytes: MOST,
        tls: Some(files(folder.path())),
        public_url: None,
        endpoints: Vec::new(),
    };
    let door = Door::open("in", wanted, inbound()).await.unwrap();
    let address = door.listener.local_addr().unwrap();
    let (_stopper, stop) = stop();
    tokio::spawn(serve(door, echo, stop));
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(&post("", b"{}")).await.unwrap();
    let mut answer = Vec::new();
    let _reset = plain.read_to_end(&mut answer).await;
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP"), "{answer:?}");
    assert_eq!(ask(address, &trusted, true).await, Some((Version::HTTP_2, 200)));
}

#[test]
fn what_is_wrong_with_the_files_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display().to_string();
    let told = |crt: &str, key: &str| {
        let files = Tls { crt_file: folder.path().join(crt), key_file: folder.path().join(key) };
        Identity::load(files).unwrap_err().to_string().replace(&root, "DIR") + "\n"
    };
    certificate(folder.path());
    for (from, to) in [("crt", "other.crt"), ("key", "other.key")] {
        std::fs::rename(folder.path().join(from), folder.path().join(to)).unwrap();
    }
    certificate(folder.path());
    let shown = told("none", "key") + &told("key", "key") + &told("crt", "crt") + &told("crt", "other.key");
    expect![[r#"
        error: `DIR/none` cannot be read
          No such file or directory (os error 2)
          help: mend the path, or put the file there
        error: `DIR/key` holds no certificate in PEM
          help: name a file with `-----BEGIN CERTIFICATE-----`
        error: `DIR/crt` holds no private key in PEM
          help: name a file with `-----BEGIN PRIVATE KEY-----`; one with a passphrase cannot be used
        error: `DIR/crt` does not go with `DIR/other.key`
          keys may not be consistent: KeyMismatch
          help: name the certificate and the key that was made with it
    "#]]
    .assert_eq(&shown);
}
