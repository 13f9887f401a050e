//! Fetching from servers on this machine that do what they are told.

use std::sync::Mutex as StdMutex;

use expect_test::{Expect, expect};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use super::*;
use crate::config::Origin;

const NAME: &str = "a.txt";

/// Says one of these on each connection, one after the other, and keeps what was asked.
async fn server(says: &[&str]) -> (String, Arc<StdMutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (asked, says) = (Arc::default(), says.iter().map(|&said| said.to_owned()).collect::<Vec<_>>());
    let keeps: Arc<StdMutex<Vec<String>>> = Arc::clone(&asked);
    tokio::spawn(async move {
        for said in says {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut read = Vec::new();
            while !read.ends_with(b"\r\n\r\n") {
                assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0);
            }
            keeps.lock().unwrap().push(String::from_utf8(read).unwrap());
            stream.write_all(said.as_bytes()).await.unwrap();
        }
    });
    (origin, asked)
}

async fn downloads(folder: &Path, from: &str) -> Downloads {
    let from = FilesFrom { origin: Some(Origin::parse(from).unwrap()), authorization: Some("them".to_owned()) };
    Downloads::open(folder.to_owned(), from, Arc::default()).await.unwrap()
}

fn wanted(address: String) -> Download {
    Download { address, name: NAME.to_owned(), as_of_ms: 1_795_600_000_000 }
}

/// What becomes of fetching from a server that says these, one after the other, and what was asked for of a file each time.
async fn check(says: &[&str], expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    let (origin, asked) = server(says).await;
    let downloads = downloads(folder.path(), &origin).await;
    let (clock, mut shown) = (Clock::system(), String::new());
    for _ in says {
        let got = downloads.fetch(&Client::new(clock), clock, &wanted(format!("{origin}/x?y=%2F")), false).await;
        let request = asked.lock().unwrap().last().cloned().unwrap();
        let part: Vec<&str> = request.lines().filter(|line| line.contains("range: ")).collect();
        let there = std::fs::read_to_string(folder.path().join(NAME)).ok();
        let got = match got {
            Got::Answered(response) => format!("{} {:?}", response.status, String::from_utf8(response.body).unwrap()),
            Got::Failed(why) => format!("failed: {why}"),
            Got::Damaged(why) => format!("damaged: {why}"),
            Got::Broken { why, further } => format!("broken{}: {why}", if further { ", further" } else { "" }),
            Got::Refused(why) => format!("refused: {why}"),
        };
        shown += &format!("{part:?} {got}; {there:?}\n");
    }
    expected.assert_eq(&shown.replace(&origin, "[origin]"));
}

const HALF: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\netag: \"m\"\r\ncontent-length: 10\r\n\r\n01234";
const REST: &str = "HTTP/1.1 206 Partial Content\r\nconnection: close\r\netag: \"m\"\r\ncontent-range: bytes 5-9/10\r\ncontent-length: 5\r\n\r\n56789";
const WHOLE: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc";

#[tokio::test]
async fn a_file_gets_its_name_when_all_of_it_is_there() {
    check(
        &[WHOLE],
        expect![[r#"
        [] 200 ""; Some("abc")
    "#]],
    )
    .await;
    check(
        &["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"],
        expect![[r#"
        [] 200 ""; Some("abc")
    "#]],
    )
    .await;
    check(
        &["HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"],
        expect![[r#"
        [] 200 ""; Some("")
    "#]],
    )
    .await;
}

#[tokio::test]
async fn what_broke_off_does_not_stay_when_nobody_goes_on_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (origin, _) = server(&[HALF, WHOLE, HALF]).await;
    let (downloads, clock) = (downloads(folder.path(), &origin).await, Clock::system());
    let there = || {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names.join(" ")
    };
    // (what is wanted, what lies there afterwards)
    for (name, expected) in [("a", ".a"), ("b", "b"), ("c", ".c b")] {
        let wanted = Download { name: name.to_owned(), ..wanted(format!("{origin}/{name}")) };
        downloads.fetch(&Client::new(clock), clock, &wanted, false).await;
        assert_eq!(there(), expected, "{name}");
    }
    downloads.forget().await;
    assert_eq!(there(), "b");
}

#[tokio::test]
async fn what_breaks_off_goes_on_if_it_is_the_same() {
    check(
        &[HALF, REST],
        expect![[r#"
        [] broken, further: end of file before message length reached; None
        ["range: bytes=5-", "if-range: \"m\""] 200 ""; Some("0123456789")
    "#]],
    )
    .await;
    // It changed meanwhile.
    check(
        &[HALF, WHOLE],
        expect![[r#"
        [] broken, further: end of file before message length reached; None
        ["range: bytes=5-", "if-range: \"m\""] 200 ""; Some("abc")
    "#]],
    )
    .await;
    // Nobody can say whether it is the same.
    let unmarked = HALF.replace("etag: \"m\"\r\n", "");
    check(
        &[&unmarked, WHOLE],
        expect![[r#"
            [] broken, further: end of file before message length reached; None
            [] 200 ""; Some("abc")
        "#]],
    )
    .await;
    let weak = HALF.replace("etag: \"m\"", "etag: W/\"m\"");
    check(
        &[&weak, WHOLE],
        expect![[r#"
            [] broken, further: end of file before message length reached; None
            [] 200 ""; Some("abc")
        "#]],
    )
    .await;
    // A part may be shorter than was asked for, and is gone on with.
    let short =
        REST.replace("5-9/10", "5-6/10").replace("content-length: 5", "content-length: 2").replace("56789", "56");
    let rest =
        REST.replace("5-9/10", "7-9/10").replace("content-length: 5", "content-length: 3").replace("56789", "789");
    check(
        &[HALF, &short, &rest],
        expect![[r#"
        [] broken, further: end of file before message length reached; None
        ["range: bytes=5-", "if-range: \"m\""] broken, further: a part of it came, and the rest did not; None
        ["range: bytes=7-", "if-range: \"m\""] 200 ""; Some("0123456789")
    "#]],
    )
    .await;
    // Another answer in between costs nothing of what is there.
    let busy = "HTTP/1.1 503 no\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno";
    check(
        &[HALF, busy, REST],
        expect![[r#"
        [] broken, further: end of file before message length reached; None
        ["range: bytes=5-", "if-range: \"m\""] 503 ""; None
        ["range: bytes=5-", "if-range: \"m\""] 200 ""; Some("0123456789")
    "#]],
    )
    .await;
    // What was not asked for is not taken.
    let other = REST.replace("bytes 5-9", "bytes 4-8");
    check(
        &[HALF, &other, WHOLE],
        expect![[r#"
        [] broken, further: end of file before message length reached; None
        ["range: bytes=5-", "if-range: \"m\""] broken: another part of it came than was asked for; None
        [] 200 ""; Some("abc")
    "#]],
    )
    .await;
    check(
        &[HALF, "HTTP/1.1 416 no\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", WHOLE],
        expect![[r#"
        [] broken, further: end of file before message length reached; None
        ["range: bytes=5-", "if-range: \"m\""] broken: another part of it came than was asked for; None
        [] 200 ""; Some("abc")
    "#]],
    )
    .await;
    check(
        &[REST, WHOLE],
        expect![[r#"
        [] broken: another part of it came than was asked for; None
        [] 200 ""; Some("abc")
    "#]],
    )
    .await;
}

#[tokio::test]
async fn what_is_no_file_is_an_answer() {
    check(
        &["HTTP/1.1 403 no\r\nconnection: close\r\ncontent-length: 3\r\n\r\nxml"],
        expect![[r#"
        [] 403 ""; None
    "#]],
    )
    .await;
    check(
        &["HTTP/1.1 302 there\r\nconnection: close\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"],
        expect![[r#"
        [] 302 ""; None
    "#]],
    )
    .await;
    check(
        &["HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 99999999999999\r\n\r\n"],
        expect![[r#"
        [] refused: a file is larger than 64 GiB: ask for less at once; None
    "#]],
    )
    .await;
    check(
        &[""],
        expect![[r#"
            [] failed: connection closed before message completed; None
        "#]],
    )
    .await;
}

#[tokio::test]
async fn nothing_is_asked_where_nobody_said_so_or_for_what_is_here() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fetched");
    std::fs::create_dir(&path).unwrap();
    for name in [".half.txt", NAME] {
        std::fs::write(path.join(name), "abc").unwrap();
    }
    let downloads = downloads(&path, "https://files.example").await;
    assert!(!path.join(".half.txt").exists() && path.join(NAME).exists(), "what is half is fetched anew");
    let clock = Clock::system();
    let got =
        downloads.fetch(&Client::new(clock), clock, &wanted("https://files.example/a?secret".to_owned()), false).await;
    assert!(matches!(&got, Got::Answered(response) if response.status == 200), "{got:?}");
    let got =
        downloads.fetch(&Client::new(clock), clock, &wanted("https://evil.example/a?secret".to_owned()), false).await;
    let Got::Refused(why) = got else { panic!("{got:?}") };
    expect![[r#"the file is said to lie at https://evil.example, and files are fetched from https://files.example alone: if it is right, write `hosts: { files: "https://evil.example" }` into authorization `them`"#]].assert_eq(&why);
}

#[tokio::test]
async fn it_is_as_old_as_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let (origin, _) = server(&[WHOLE]).await;
    let (downloads, clock) = (downloads(folder.path(), &origin).await, Clock::system());
    downloads.fetch(&Client::new(clock), clock, &wanted(format!("{origin}/")), false).await;
    let modified = std::fs::metadata(folder.path().join(NAME)).unwrap().modified().unwrap();
    assert_eq!(modified.duration_since(UNIX_EPOCH).unwrap().as_millis(), 1_795_600_000_000);
}

/// An archive of one file.
fn zipped() -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("rows", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut writer, b"abc").unwrap();
    writer.finish().unwrap().into_inner()
}

#[tokio::test]
async fn what_is_damaged_gets_no_name_unless_it_is_wanted_as_it_is() {
    let whole = zipped();
    let half = &whole[..whole.len() / 2];
    for (bytes, damage) in
        [(&whole[..], None), (half, Some("invalid Zip archive")), (b"<html>", Some("it is no ZIP archive"))]
    {
        for as_it_is in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let origin = format!("http://{}", listener.local_addr().unwrap());
            let said =
                [format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", bytes.len()).as_bytes(), bytes].concat();
            tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut read = Vec::new();
                while !read.ends_with(b"\r\n\r\n") {
                    assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0);
                }
                stream.write_all(&said).await.unwrap();
            });
            let (downloads, clock) = (downloads(folder.path(), &origin).await, Clock::system());
            let wanted = Download { name: "a.zip".to_owned(), ..wanted(format!("{origin}/")) };
            let got = downloads.fetch(&Client::new(clock), clock, &wanted, as_it_is).await;
            let there: Vec<_> =
                std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            match damage.filter(|_| !as_it_is) {
                Some(damage) => {
                    assert!(matches!(&got, Got::Damaged(why) if why.contains(damage)), "{got:?}");
                    assert!(there.is_empty(), "{there:?}");
                }
                None => {
                    assert!(matches!(&got, Got::Answered(response) if response.status == 200), "{got:?}");
                    assert_eq!(there, ["a.zip"]);
                }
            }
        }
    }
}
